package databases;

import atonce.AtOnce;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A hundred threads with queries of 0.1 s each, and a pool of connections: {@code Postgres URL}.
 */
public class Postgres {
  public static void main(String[] args) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(args[0]);
    config.setMaximumPoolSize(100);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      AtOnce.Took cold = AtOnce.run(100, i -> query(pool, i)); // the pool is filled meanwhile
      AtOnce.Took warm = AtOnce.best(5, 100, i -> query(pool, i));
      System.out.printf("Postgres: cold %s, warm %s%n", cold, warm);
    }
  }

  static void query(DataSource pool, int number) throws SQLException {
    try (Connection connection = pool.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("select pg_sleep(0.1), ?::int * 2")) {
      statement.setInt(1, number);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        if (result.getInt(2) != number * 2) {
          throw new SQLException(number + " * 2 is " + result.getInt(2));
        }
      }
    }
  }
}
