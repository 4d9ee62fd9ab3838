package weir.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;
import weir.server.config.WeirConfig.LogLevel;

/**
 * How the server logs: lines for people on standard output. In code rather than in XML because it starts faster; found
 * by Logback through its service file.
 *
 * <p>Only for a process that is a server of its own. Embedded in another program, that one's configuration stands.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static volatile boolean ownProcess;

    /** This process is ours. To be called before anything is logged. */
    static void ownProcess() {
        ownProcess = true;
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (!ownProcess) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n");
        encoder.start();
        ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
        console.setContext(context);
        console.setEncoder(encoder);
        console.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(console);
        setLevel(context, LogLevel.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** From which severity on something is logged from now on. */
    public static void setLevel(LogLevel level) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            setLevel(context, level);
        }
    }

    private static void setLevel(LoggerContext context, LogLevel level) {
        Level ours = Level.toLevel(level.name());
        // Libraries speak of their insides; below warnings that is only wanted when looking for a fault.
        Level theirs = ours.isGreaterOrEqual(Level.INFO) ? Level.toLevel("WARN") : ours;
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(theirs.isGreaterOrEqual(ours) ? theirs : ours);
        context.getLogger("weir").setLevel(ours);
        // While a node is down, Ratis says so for each group several times a second; weir cluster status says it once.
        Level quiet = ours.isGreaterOrEqual(Level.INFO) ? Level.ERROR : theirs;
        context.getLogger("org.apache.ratis.grpc.server").setLevel(quiet);
        context.getLogger("org.apache.ratis.server.impl.LeaderElection").setLevel(quiet);
        // Ratis complains when a server is started a second time in one process. Nobody reads its beans.
        context.getLogger("org.apache.ratis.util.JmxRegister").setLevel(Level.OFF);
    }
}
