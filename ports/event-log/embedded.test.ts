import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEventStore } from '../../event-store/open.ts';
import { eventLogContract } from './contract.ts';
import { startEmbeddedLog } from './embedded.ts';

eventLogContract('embedded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-log-'));
  const open = async () => startEmbeddedLog(await openEventStore(folder));
  let log = await open();
  return {
    log,
    reopened: async () => {
      await log[Symbol.asyncDispose]();
      return (log = await open());
    },
    [Symbol.asyncDispose]: async () => {
      await log[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
