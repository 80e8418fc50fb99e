package web;

import atonce.AtOnce;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A handler in an embedded Jetty. */
public class JettyServer {
  static final class PagesHandler extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      String page = Pages.get(Request.getPathInContext(request));
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
      Content.Sink.write(response, true, page, callback);
      return true;
    }
  }

  public static void main(String[] args) throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool(510); // 500 for requests, the rest for itself
    if (Boolean.getBoolean("virtual")) {
      threads.setVirtualThreadsExecutor(AtOnce.threads());
    }
    Server server = new Server(threads);
    ServerConnector connector = new ServerConnector(server);
    connector.setAcceptQueueSize(500);
    server.addConnector(connector);
    server.setHandler(new PagesHandler());
    server.start();
    System.out.println("listening on " + connector.getLocalPort());
    server.join();
  }
}
