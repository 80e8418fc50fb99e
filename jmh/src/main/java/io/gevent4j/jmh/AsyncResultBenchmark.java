package io.gevent4j.jmh;

import io.gevent4j.event.AsyncResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** A result made, set, and waited for before: as a question, and then as the answer. */
public class AsyncResultBenchmark extends TalkBenchmark {
  @Override
  Talk betweenGreenlets() {
    return new Questions<>(AsyncResult<Object>::new, AsyncResult::set).talk();
  }

  @Override
  Talk betweenThreads() {
    return new Questions<>(CompletableFuture<Object>::new, CompletableFuture::complete).talk();
  }

  /** Before one is set, the one is made that whoever gets it will set. */
  private static final class Questions<F extends Future<Object>> {
    private final Supplier<F> make;
    private final BiConsumer<F, Object> set;
    private F question;
    private F answer;

    Questions(Supplier<F> make, BiConsumer<F, Object> set) {
      this.make = make;
      this.set = set;
      this.question = make.get();
    }

    Talk talk() {
      return new Talk(
          () -> {
            answer = make.get();
            set.accept(question, Boolean.TRUE);
            answer.get();
          },
          () -> {
            question.get();
            question = make.get();
            set.accept(answer, Boolean.TRUE);
          });
    }
  }
}
