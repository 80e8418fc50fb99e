/**
 * What events, locks and queues are made of: a guard that is free within one hub, lines of those
 * who wait, and how one waits. Of use to who builds such things; everybody else uses those.
 */
package io.gevent4j.waiting;
