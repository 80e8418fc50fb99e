package web;

import java.io.IOException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** A web application with Spring Boot, which is set up in application.properties. */
@SpringBootApplication
@RestController
public class SpringApp {
  public static void main(String[] args) {
    SpringApplication.run(SpringApp.class, args);
  }

  @GetMapping("/pages/{number}")
  String page(@PathVariable String number) throws IOException {
    return Pages.page(number);
  }

  @GetMapping("/kernel-threads")
  String kernelThreads() {
    return Pages.kernelThreads();
  }

  @EventListener
  void listening(WebServerInitializedEvent event) {
    System.out.println("listening on " + event.getWebServer().getPort());
  }
}
