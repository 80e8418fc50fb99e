package io.gevent4j.torture;

import static io.gevent4j.torture.TortureWorkload.check;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * What a {@link Member} does with the heap, the collector and the compilers. It knows nothing of
 * greenlets: all it has is a way to leave, from which it comes back sooner or later.
 */
final class Chores {
  private static final Object SHARED = new Object();
  private static final Method REFLECTED = reflected();
  private static final MethodHandle HANDLE = handle();
  private static long shared; // guarded by SHARED

  private final int slot;
  private final Random random;
  private final Runnable leave;
  private final Map<Integer, String> map = new HashMap<>();
  private final Object[] kept = new Object[32];

  Chores(int slot, Random random, Runnable leave) {
    this.slot = slot;
    this.random = random;
    this.leave = leave;
  }

  void useMap() {
    for (int i = 0; i < 100; i++) {
      map.put(random.nextInt(1000), "v" + i);
    }
    checkMap();
  }

  private void checkMap() {
    map.forEach((key, value) -> check(value.charAt(0) == 'v', "map: " + value));
    if (map.size() > 500) {
      map.clear();
    }
  }

  int recurse(int depth) {
    if (depth == 0) {
      return 0;
    }
    kept[depth % kept.length] = new byte[64];
    return 1 + recurse(depth - 1);
  }

  void overflow() {
    TortureWorkload.overflows.increment();
    try {
      check(overflow(0) < 0, "no overflow");
    } catch (StackOverflowError expected) {
      return;
    }
  }

  private static int overflow(int depth) {
    return overflow(depth + 1) + 1;
  }

  static void lockShared() {
    synchronized (SHARED) {
      shared++;
    }
  }

  void allocate() {
    boolean huge = random.nextInt(50) == 0;
    int[] array = new int[huge ? 500_000 : random.nextInt(5_000)];
    Arrays.fill(array, slot);
    if (!huge) {
      kept[random.nextInt(kept.length)] = array;
    }
    for (Object object : kept) {
      if (object instanceof int[] && ((int[]) object).length > 0) {
        check(((int[]) object)[((int[]) object).length - 1] == slot, "another's array");
      }
    }
  }

  void format() {
    String text = String.format("%d-%s-%.2f", slot, Thread.currentThread().getName(), slot / 4.0);
    check(text.startsWith(slot + "-greenlet-"), text);
  }

  void leaveInLambda() {
    int captured = random.nextInt();
    IntSupplier lambda =
        () -> {
          leave.run();
          return captured;
        };
    check(lambda.getAsInt() == captured, "a lambda's captured value");
  }

  /** Called by reflection and by a method handle. */
  int leaveAndAdd(int value) {
    leave.run();
    return value + slot;
  }

  void leaveInReflection() {
    try {
      check((int) REFLECTED.invoke(this, 7) == 7 + slot, "result of a reflective call");
    } catch (InvocationTargetException failure) {
      throw Member.<RuntimeException>sneak(failure.getCause());
    } catch (IllegalAccessException failure) {
      throw new AssertionError(failure);
    }
  }

  void leaveInMethodHandle() {
    try {
      check((int) HANDLE.invokeExact(this, 7) == 7 + slot, "result of a method handle");
    } catch (Throwable thrown) {
      throw Member.<RuntimeException>sneak(thrown);
    }
  }

  void compress() {
    byte[] original = new byte[1 + random.nextInt(10_000)];
    for (int i = 0; i < original.length; i++) {
      original[i] = (byte) (slot + i % 17);
    }
    Deflater deflater = new Deflater();
    Inflater inflater = new Inflater();
    try {
      deflater.setInput(original);
      deflater.finish();
      byte[] compressed = new byte[original.length + 100];
      int size = deflater.deflate(compressed);
      leave.run(); // the deflater's native memory stays ours
      inflater.setInput(compressed, 0, size);
      byte[] restored = new byte[original.length];
      inflater.inflate(restored);
      check(Arrays.equals(original, restored), "restored bytes");
    } catch (DataFormatException failure) {
      TortureWorkload.fail("inflate", failure);
    } finally {
      deflater.end();
      inflater.end();
    }
  }

  void leaveBesideReferences() {
    Object object = new int[] {slot};
    Reference<Object> weak = new WeakReference<>(object);
    Reference<Object> soft = new SoftReference<>(object);
    leave.run();
    check(weak.get() == object && soft.get() == object, "cleared though reachable from our stack");
    Reference.reachabilityFence(object);
  }

  void loop() {
    long sum = 0;
    for (int i = 0; i < 100_000; i++) {
      sum += i ^ slot;
      if (i == 50_000) {
        leave.run(); // compiled on-stack, perhaps
      }
    }
    kept[0] = sum;
  }

  void move() {
    Object[] objects = new Object[2_000];
    Arrays.fill(objects, this);
    Object[] copy = objects.clone();
    System.arraycopy(copy, 0, copy, 500, 1_500);
    leave.run();
    check(Arrays.equals(objects, copy), "moved references");
  }

  static void exhaust() {
    try {
      long[] tooLong = new long[Integer.MAX_VALUE];
      check(tooLong.length == 0, "an impossible array");
    } catch (OutOfMemoryError expected) {
      return;
    }
  }

  private static Method reflected() {
    try {
      return Chores.class.getDeclaredMethod("leaveAndAdd", int.class);
    } catch (NoSuchMethodException failure) {
      throw new AssertionError(failure);
    }
  }

  private static MethodHandle handle() {
    try {
      return MethodHandles.lookup()
          .findVirtual(Chores.class, "leaveAndAdd", MethodType.methodType(int.class, int.class));
    } catch (ReflectiveOperationException failure) {
      throw new AssertionError(failure);
    }
  }
}
