import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

/** A server that ends gracefully: a shutdown hook runs at SIGTERM. */
public class Server {
    public static void main(String[] arguments) throws Exception {
        var address = new InetSocketAddress("0.0.0.0", Integer.parseInt(arguments[0]));
        var server = HttpServer.create(address, 0);
        server.createContext("/", exchange -> {
            try {
                Thread.sleep(exchange.getRequestURI().getPath().equals("/slow") ? 3000 : 0);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("served\n".getBytes());
            exchange.close();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            // Seconds that requests which are under way may take.
            server.stop(5);
            System.out.println("stopped");
        }));
        server.start();
        System.out.println("listening on " + server.getAddress().getPort());
    }
}
