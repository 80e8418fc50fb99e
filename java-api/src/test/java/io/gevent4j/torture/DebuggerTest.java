package io.gevent4j.torture;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.IncompatibleThreadStateException;
import com.sun.jdi.ObjectCollectedException;
import com.sun.jdi.StackFrame;
import com.sun.jdi.ThreadReference;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.LaunchingConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.LocatableEvent;
import com.sun.jdi.event.StepEvent;
import com.sun.jdi.event.VMDisconnectEvent;
import com.sun.jdi.request.BreakpointRequest;
import com.sun.jdi.request.ClassPrepareRequest;
import com.sun.jdi.request.EventRequest;
import com.sun.jdi.request.StepRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** A debugger stops greenlets, looks at their stacks, and lets them go on by single steps. */
@Tag("torture")
class DebuggerTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** The debugger; what it debugs is the {@link TortureWorkload}, with the same arguments. */
  static final class Program {
    private static final int STEPS = 5; // in a row
    private static final int BREAKPOINTS_PER_STEPS = 20;

    private final VirtualMachine vm;
    private int breakpoints;
    private int steps;
    private int stops;
    private StepRequest stepping; // of one thread at a time

    private Program(VirtualMachine vm) {
      this.vm = vm;
    }

    public static void main(String[] arguments) throws Exception {
      Thread.setDefaultUncaughtExceptionHandler(
          (thread, thrown) -> {
            thrown.printStackTrace();
            Runtime.getRuntime().halt(1); // and what it debugs, stopped as it may be
          });
      new Program(launch(String.join(" ", arguments))).debug();
    }

    private static VirtualMachine launch(String arguments) throws Exception {
      LaunchingConnector connector = Bootstrap.virtualMachineManager().defaultConnector();
      Map<String, Connector.Argument> settings = connector.defaultArguments();
      settings.get("main").setValue(TortureWorkload.class.getName() + " " + arguments);
      settings
          .get("options")
          .setValue(
              "-Xmx256m --enable-native-access=ALL-UNNAMED -cp "
                  + quoted(System.getProperty("java.class.path"))
                  + " "
                  + quoted(
                      "-Dorg.bytedeco.javacpp.cachedir="
                          + System.getProperty("org.bytedeco.javacpp.cachedir")));
      return connector.launch(settings);
    }

    /** There may be a space in a path. */
    private static String quoted(String option) {
      return '"' + option + '"';
    }

    private void debug() throws InterruptedException {
      Thread output = copy(vm.process().getInputStream(), System.out);
      Thread errors = copy(vm.process().getErrorStream(), System.err);
      ClassPrepareRequest prepared = vm.eventRequestManager().createClassPrepareRequest();
      prepared.addClassFilter(Member.class.getName());
      prepared.enable();
      Thread stopper = new Thread(this::stopNowAndThen);
      stopper.start();
      handleEvents();
      stopper.join();
      output.join();
      errors.join();
      int status = vm.process().waitFor();
      System.out.printf("%d breakpoints, %d steps, %d stops%n", breakpoints, steps, stops);
      System.exit(breakpoints > 0 && steps > 0 && stops > 0 ? status : 2);
    }

    private static Thread copy(InputStream from, PrintStream to) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  from.transferTo(to);
                } catch (IOException failure) {
                  throw new UncheckedIOException(failure);
                }
              });
      thread.start();
      return thread;
    }

    private void handleEvents() throws InterruptedException {
      while (true) {
        EventSet events = vm.eventQueue().remove();
        for (Event event : events) {
          if (event instanceof VMDisconnectEvent) {
            return;
          }
          handle(event);
        }
        events.resume();
      }
    }

    private synchronized void handle(Event event) {
      if (event instanceof ClassPrepareEvent) {
        BreakpointRequest breakpoint =
            vm.eventRequestManager()
                .createBreakpointRequest(
                    ((ClassPrepareEvent) event)
                        .referenceType()
                        .methodsByName("leave")
                        .get(0)
                        .location());
        breakpoint.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
        breakpoint.enable();
      } else if (event instanceof BreakpointEvent) {
        ThreadReference thread = ((LocatableEvent) event).thread();
        look(thread);
        if (breakpoints++ % BREAKPOINTS_PER_STEPS == 0 && stepping == null) {
          stepping =
              vm.eventRequestManager()
                  .createStepRequest(thread, StepRequest.STEP_LINE, StepRequest.STEP_OVER);
          stepping.setSuspendPolicy(EventRequest.SUSPEND_EVENT_THREAD);
          stepping.enable();
        }
      } else if (event instanceof StepEvent) { // after the switch, perhaps much later
        look(((LocatableEvent) event).thread());
        if (++steps % STEPS == 0) {
          vm.eventRequestManager().deleteEventRequest(stepping);
          stepping = null;
        }
      }
    }

    private void stopNowAndThen() {
      try {
        while (true) {
          stop();
          LockSupport.parkNanos(50_000_000);
        }
      } catch (VMDisconnectedException end) {
        return;
      }
    }

    /** Not while an event is handled: to resume the VM makes all known frames invalid. */
    private synchronized void stop() {
      vm.suspend();
      vm.allThreads().forEach(Program::look);
      vm.resume();
      stops++;
    }

    private static void look(ThreadReference thread) {
      try {
        int arguments = 0;
        for (StackFrame frame : thread.frames()) {
          if (frame.location().declaringType().name().equals(Member.class.getName())) {
            arguments += frame.getArgumentValues().size();
            if (arguments > 10) {
              break; // each costs a packet there and back
            }
          }
        }
        thread.ownedMonitors();
        thread.currentContendedMonitor();
      } catch (IncompatibleThreadStateException | ObjectCollectedException ended) {
        return; // between the list and the look
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> shouldGoOnUnderADebugger() {
    return Jdk.each(
        "shouldGoOnUnderADebugger",
        jdk ->
            new Child(jdk, Program.class)
                .arguments("seconds=3", "greenlets=40", "jfr=no")
                .run(PATIENCE)
                .assertOk()
                .assertNoComplaint());
  }
}
