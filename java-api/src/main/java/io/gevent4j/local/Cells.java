package io.gevent4j.local;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;

/** The cells of one greenlet, in the order in which they were first used. */
final class Cells implements Runnable {
  private static final int FEW = 16;

  private final List<WeakReference<? extends Cell<?>>> references = new ArrayList<>(4);
  private int crowd = FEW; // so many, and those of dropped locals are taken out
  private volatile boolean inheritable; // some are

  synchronized void add(WeakReference<? extends Cell<?>> reference, GreenletLocal<?> local) {
    if (references.size() >= crowd) {
      references.removeIf(each -> each.get() == null);
      crowd = Math.max(FEW, 2 * references.size());
    }
    references.add(reference);
    inheritable |= local.isInheritable();
  }

  synchronized int size() {
    return references.size();
  }

  boolean hasInheritable() {
    return inheritable;
  }

  synchronized List<Cell<?>> living() {
    List<Cell<?>> living = new ArrayList<>(references.size());
    for (WeakReference<? extends Cell<?>> each : references) {
      Cell<?> cell = each.get();
      if (cell != null) {
        living.add(cell);
      }
    }
    return living;
  }

  /** The greenlet has ended: lets go of its values. */
  @Override
  public synchronized void run() {
    for (Cell<?> cell : living()) {
      cell.local.drop(cell);
    }
    references.clear();
  }
}
