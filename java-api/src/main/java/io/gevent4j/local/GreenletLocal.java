package io.gevent4j.local;

import io.gevent4j.greenlet.RawGreenlet;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A value that each greenlet has for itself; and each plain thread, which is its own main greenlet.
 * As a {@link ThreadLocal}, and as fast; but a value also goes, even while its greenlet runs on,
 * when nobody holds the GreenletLocal any more.
 *
 * <p>Values that are {@code inheritable} are taken over by each {@code Greenlet} when it is made,
 * from the greenlet that makes it; not by raw greenlets and plain threads.
 *
 * <p><b>Thread rule:</b> any thread, virtual ones included. A greenlet keeps its values while it is
 * away on a kernel thread of its own.
 *
 * <p>gevent: {@code gevent.local.local}; {@link #withInitial} for a subclass, whose constructor it
 * runs again in each greenlet.
 *
 * @param <T> of the value, which may be null
 */
public final class GreenletLocal<T> {
  private final Supplier<? extends T> initial;
  private final UnaryOperator<T> handOver; // null: not inheritable

  /** The caller's cell. It lies there weakly, or a value that refers to this would keep itself. */
  private final ThreadLocal<WeakReference<Cell<T>>> here = new ThreadLocal<>();

  private final Set<Cell<?>> cells = ConcurrentHashMap.newKeySet(); // of all greenlets

  /** Null in each greenlet, until it is set. */
  public GreenletLocal() {
    this(() -> null, null);
  }

  private GreenletLocal(Supplier<? extends T> initial, UnaryOperator<T> handOver) {
    this.initial = Objects.requireNonNull(initial, "initial");
    this.handOver = handOver;
  }

  /** With a value that each greenlet makes for itself, when it first asks for it. */
  public static <T> GreenletLocal<T> withInitial(Supplier<? extends T> initial) {
    return new GreenletLocal<>(initial, null);
  }

  /** With a value that a Greenlet takes over from who makes it. */
  public static <T> GreenletLocal<T> inheritable() {
    return inheritable(() -> null);
  }

  /** As {@link #inheritable()}; where there is no value to take over, a greenlet makes its own. */
  public static <T> GreenletLocal<T> inheritable(Supplier<? extends T> initial) {
    return inheritable(initial, UnaryOperator.identity());
  }

  /**
   * As {@link #inheritable(Supplier)}.
   *
   * @param handOver makes the value of a new Greenlet from that of who makes it, in the latter;
   *     what it throws, the constructor of the Greenlet throws
   */
  public static <T> GreenletLocal<T> inheritable(
      Supplier<? extends T> initial, UnaryOperator<T> handOver) {
    return new GreenletLocal<>(initial, Objects.requireNonNull(handOver, "handOver"));
  }

  /** The caller's value; the initial one, made now, where it has none. */
  public T get() {
    Cell<T> cell = cell();
    return cell != null && cell.isPresent() ? cell.value() : makeInitial();
  }

  private T makeInitial() {
    T value = initial.get();
    set(value);
    return value;
  }

  /** Sets the caller's value. */
  public void set(T value) {
    Cell<T> cell = cell();
    if (cell != null) {
      cell.value = value;
    } else {
      addCell(value);
    }
  }

  /** Takes the caller's value away, if it has one: {@link #get} makes an initial one again. */
  public void remove() {
    Cell<T> cell = cell();
    if (cell != null) {
      cell.value = Cell.ABSENT;
    }
  }

  /** Whether the caller has a value. This makes none. */
  public boolean isPresent() {
    Cell<T> cell = cell();
    return cell != null && cell.isPresent();
  }

  /**
   * What a greenlet has in all GreenletLocals, in the order in which it first used them; for
   * debugging. It is a copy. Of another thread's greenlet the values may be those of a moment ago.
   *
   * <p>gevent: {@code all_local_dicts_for_greenlet}.
   */
  public static Map<GreenletLocal<?>, Object> all(RawGreenlet greenlet) {
    return Locals.valuesOf(Objects.requireNonNull(greenlet, "greenlet"));
  }

  // ---- its cells ----

  /** The caller's; null if it has none. */
  private Cell<T> cell() {
    WeakReference<Cell<T>> reference = here.get();
    Cell<T> cell = reference == null ? null : reference.get();
    Reference.reachabilityFence(this); // which holds the cells, so that it was there
    return cell;
  }

  private void addCell(T value) {
    Cell<T> cell = new Cell<>(this, value);
    WeakReference<Cell<T>> reference = new WeakReference<>(cell);
    cells.add(cell);
    here.set(reference);
    Locals.add(reference, this);
  }

  /** How many greenlets may have a value. */
  int count() {
    return cells.size();
  }

  boolean isInheritable() {
    return handOver != null;
  }

  /** A cell for a Greenlet that the caller, who has this value, makes. */
  WeakReference<Cell<T>> inherited(Object value) {
    @SuppressWarnings("unchecked")
    Cell<T> cell = new Cell<>(this, handOver.apply((T) value));
    cells.add(cell);
    return new WeakReference<>(cell);
  }

  /** The cell, an inherited one, is the caller's from now on. */
  @SuppressWarnings("unchecked")
  void enter(Cell<?> cell) {
    here.set(new WeakReference<>((Cell<T>) cell));
  }

  /** The caller has no cell any more. */
  void leave() {
    here.remove();
  }

  /** The greenlet of this cell has ended. */
  void drop(Cell<?> cell) {
    cells.remove(cell);
  }
}
