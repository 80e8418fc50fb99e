/** What greenlets and threads wait for: a flag, a value. gevent: {@code gevent.event}. */
package io.gevent4j.event;
