package io.gevent4j.resolver;

/** What the resolver over c-ares answers without a name server. */
class AresResolverTest extends ResolverContract {
  @Override
  Resolver make() {
    return new AresResolver(new AresOptions().servers("127.0.0.1:1").tries(1));
  }
}
