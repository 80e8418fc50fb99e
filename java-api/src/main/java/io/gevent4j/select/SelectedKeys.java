package io.gevent4j.select;

import java.nio.channels.SelectionKey;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;

/** The set of selected keys as its users see it: they may take keys out, and add none. */
final class SelectedKeys extends AbstractSet<SelectionKey> {
  private final Set<SelectionKey> keys = new HashSet<>();

  /** For the selector. Returns whether it was not in. */
  boolean select(SelectionKey key) {
    return keys.add(key);
  }

  @Override
  public int size() {
    return keys.size();
  }

  @Override
  public boolean contains(Object key) {
    return keys.contains(key);
  }

  @Override
  public Iterator<SelectionKey> iterator() {
    return keys.iterator();
  }

  @Override
  public boolean remove(Object key) {
    return keys.remove(key);
  }

  @Override
  public boolean removeAll(Collection<?> gone) {
    return keys.removeAll(gone);
  }

  @Override
  public boolean retainAll(Collection<?> kept) {
    return keys.retainAll(kept);
  }

  @Override
  public void clear() {
    keys.clear();
  }
}
