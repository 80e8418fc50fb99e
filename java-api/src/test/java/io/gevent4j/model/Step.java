package io.gevent4j.model;

import java.util.List;

/**
 * One statement of a {@link Program}. What the numbers mean depends on the kind.
 *
 * @param id unique in its program; what it does is traced under this number
 * @param target the number of a greenlet; of a timer for {@link Kind#ARM} and {@link Kind#DISARM}
 * @param span in instants of virtual time; 0: none
 * @param option the number of a link, a count, or flags, as the kind says
 * @param targets numbers of greenlets, possibly with duplicates
 */
record Step(
    int id,
    Kind kind,
    int target,
    int span,
    int option,
    List<Integer> targets,
    List<Step> body,
    List<Step> handler) {

  /** Of {@link Kind#KILL} and {@link Kind#KILL_ALL}: not a GreenletExit but an error is thrown. */
  static final int FAULT = 1;

  /** Of {@link Kind#KILL} and {@link Kind#KILL_ALL}: and it is waited for. */
  static final int BLOCK = 2;

  enum Kind {
    SEE, // looks at the state of the target
    PAUSE, // sleep(0)
    SLEEP, // for the span
    START, // the target
    START_LATER, // after the span
    KILL, // the target; FAULT, BLOCK, and then for at most the span
    KILL_ALL, // the targets; FAULT, BLOCK
    JOIN, // the target, for at most the span
    LINK, // the link `option` to the target; so all of the following
    LINK_VALUE,
    LINK_EXCEPTION,
    RAW_LINK,
    UNLINK,
    ARM, // starts the timeout `target`, if it isn't pending, and goes on
    DISARM, // cancels it
    TIMEOUT, // the body, for at most the span; with option 1 it swallows others' timeouts as well
    RAISE, // an error; with option 1 a GreenletExit
    TRY, // the body, and after whatever it throws the handler; with option 1 it is thrown on
    REPEAT, // the body, `option` times
    WAIT, // for `option` of the targets (negative: all), for at most the span
    WAIT_RAISE, // the same, and throws what the first that fails has thrown
    EACH // the same as WAIT, and after each of them the body
  }

  Step with(List<Step> newBody, List<Step> newHandler) {
    return new Step(id, kind, target, span, option, targets, newBody, newHandler);
  }

  boolean has(int flag) {
    return (option & flag) != 0;
  }

  /** What a kill throws, by name. */
  String weapon() {
    return (has(FAULT) ? "fault " : "exit ") + id;
  }

  /** In a form to be read, with what it contains, indented. */
  void describe(StringBuilder text, String indent) {
    text.append(indent).append(id).append(' ').append(kind);
    text.append(" target=").append(target);
    if (!targets.isEmpty()) {
      text.append(" targets=").append(targets);
    }
    text.append(" span=").append(span).append(" option=").append(option).append('\n');
    body.forEach(step -> step.describe(text, indent + "  "));
    if (!handler.isEmpty()) {
      text.append(indent).append("handler\n");
      handler.forEach(step -> step.describe(text, indent + "  "));
    }
  }
}
