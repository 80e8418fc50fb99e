package web;

import atonce.AtOnce;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** A servlet in an embedded Tomcat. */
public class TomcatServer {
  static final class PagesServlet extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.getWriter().print(Pages.get(request.getRequestURI()));
    }
  }

  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("tomcat").toString());
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("maxThreads", "500");
    connector.setProperty("acceptCount", "500");
    if (Boolean.getBoolean("virtual")) {
      connector.getProtocolHandler().setExecutor(AtOnce.threads());
    }
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "pages", new PagesServlet());
    context.addServletMappingDecoded("/*", "pages");
    tomcat.start();
    System.out.println("listening on " + connector.getLocalPort());
    tomcat.getServer().await();
  }
}
