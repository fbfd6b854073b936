/**
 * The event store beside raw LMDB, in one run: each line has the store's figure, that of LMDB alone with the same keys and bytes, and
 * their ratio. `npx node bench/log.ts [--quick]`; goals are printed and not asserted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAppends } from './log/appends.ts';
import { EVENT_BYTES, RECORD_BYTES } from './log/events.ts';
import { benchLatency } from './log/latency.ts';
import { benchOpening } from './log/opening.ts';
import { benchReads } from './log/reads.ts';
import { ROUND_MS, ROUNDS } from './log/sizes.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidings-bench-log-'));
try {
  console.log(
    `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}, ${tmpdir()}; events of ${EVENT_BYTES} bytes, ${RECORD_BYTES} in the file; ${ROUNDS} rounds of ${ROUND_MS} ms\n`,
  );
  await benchAppends(folder);
  await benchReads(folder);
  await benchLatency(folder);
  await benchOpening(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
