/** A minute of faults, the same in every run; `npm run chaos` is for longer ones, and for other seeds. */
import { testWith } from '../servers/availability.ts';
import { runChaos } from './run-chaos.ts';

const SEED = 20_261_129;
const FAULTS_MS = 60_000;
const TIMEOUT_MS = 8 * 60_000;

testWith('redis-server', 'secantusd-py')(
  'what was acknowledged while processes and servers were killed, stopped, hung and flushed is there, once',
  async (t) => {
    t.timeout(TIMEOUT_MS);
    t.log(`seed ${SEED}`);
    const { faults, commands } = await runChaos({ seed: SEED, forMs: FAULTS_MS, onLine: (line) => t.log(line) });
    t.deepEqual(faults, []);
    t.true(commands.acknowledged > 0);
  },
);
