package web;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** A handler in an embedded Jetty. */
public class JettyServer {
  private static final int THREADS = 510; // 500 for requests, the rest for itself

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
    boolean virtual = Boolean.getBoolean("virtual");
    Server server = new Server(virtual ? new VirtualThreadPool() : new QueuedThreadPool(THREADS));
    ServerConnector connector = new ServerConnector(server);
    connector.setAcceptQueueSize(500);
    server.addConnector(connector);
    server.setHandler(new PagesHandler());
    server.start();
    System.out.println("listening on " + connector.getLocalPort());
    server.join();
  }
}
