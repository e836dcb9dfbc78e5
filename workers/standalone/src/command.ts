import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '@meshwright/config';
import { formatError, isMeshwrightError } from '@meshwright/model';
import { createLogger } from '@meshwright/telemetry';
import { startStandalone } from './standalone.ts';

const program = new Command('meshwright-standalone')
  .description('Runs every worker of Meshwright in one process.')
  .option('--config <file>', 'the engine configuration', process.env.MESHWRIGHT_CONFIG ?? 'meshwright.yaml')
  .addHelpText('after', '\nExample:\n  meshwright-standalone --config /etc/meshwright/meshwright.yaml')
  .parse();

try {
  const config = await loadConfig({ path: program.opts().config, environment: process.env });
  const logger = createLogger({ name: 'meshwright', level: config.log.level });
  const standalone = await startStandalone({ config, logger });
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    void standalone.stop();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  await standalone.finished;
  logger.info({}, 'stopped');
  process.exit(0);
} catch (error) {
  if (!isMeshwrightError(error)) throw error;
  console.error(formatError(error));
  process.exit(error.code === 'INVALID_CONFIGURATION' ? 2 : 1);
}
