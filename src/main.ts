/** The webhook server: configuration → server → listen → drain. */
import { answers } from './controllers.ts';
import { ConfigError, readConfig } from './config.ts';
import { goOn, whenReaderGone } from './outputs.ts';
import { systemClock } from './server/app.ts';
import { StartError } from './server/files.ts';
import { start, type Service } from './server/lifecycle.ts';
import { createLogger } from './telemetry/logger.ts';
import { createMetrics } from './telemetry/metrics.ts';
import { version } from './version.ts';

/** An administrator can fix the configuration and needs its sentences; anything else is a bug and needs its stack. */
function fail(error: unknown): never {
  if (!(error instanceof ConfigError || error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function run(): Promise<Pick<Service, 'drain'>> {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel);
  // Without traces, the library is not loaded either.
  const tracing = config.tracing ? (await import('./telemetry/tracing.ts')).startTracing(logger, version) : undefined;
  const service = await start(config, { answers, clock: systemClock, logger, metrics: createMetrics(version), tracing });
  return { drain: () => service.drain().then(() => tracing?.stop()) };
}

// As PID 1 a signal that is not handled is not even noticed; hence handlers from the first moment on.
const started = run();
let left: Promise<never> | undefined;
/** Drains once, however often it is called, and ends the process with 0. A second end would overtake the last traces. */
function leave(): void {
  left ??= started.then((service) => service.drain()).then(() => process.exit(0));
}
let signals = 0;
function stop(): void {
  signals += 1;
  if (signals > 1) process.exit(1);
  leave();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
// A replica whose log goes nowhere is replaced by one whose log can be read.
whenReaderGone(process.stdout, (cause) => {
  process.stderr.write(`stdout cannot be written (${cause}): shutting down as on SIGTERM; make sure that the log is read.\n`);
  leave();
});
whenReaderGone(process.stderr, goOn);
started.catch(fail);
