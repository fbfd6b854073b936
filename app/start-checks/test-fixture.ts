/** Logs of an installation, and vaults beside them, for tests of what a start checks. */
import { join } from 'node:path';
import { createHandling } from '../../commands/handling/handle.ts';
import { instant } from '../../domain/shared/instant.ts';
import { openEventStore } from '../../event-store/open.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../../ports/event-log/embedded.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import { partitionedLog } from '../../ports/event-log/partitioned.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { evenSlotTable } from '../../ports/event-log/slots.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';

/** `dependenciesOf`: what a start needs that has the vault of this name. */
export async function givenLogs(count: number) {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const logs = await Promise.all(
    Array.from({ length: count }, async (_, log) => startEmbeddedLog(await openEventStore(join(folder.path, `events-${log}`)), { log, name: `log-${log}` })),
  );
  const log: EventLog = starting.use(partitionedLog(logs, evenSlotTable(count)));
  const vaults = starting.use(new AsyncDisposableStack());
  const dependenciesOf = async (name: string) => {
    const vault = vaults.use(await startSqliteVault(join(folder.path, `${name}.sqlite`)));
    const clock = () => instant(Date.now());
    const codec = createCodec(openKeyring(vault), clock);
    return { ...createHandling({ log, codec }), log, vault, codec, clock };
  };
  const started = starting.move();
  return { log, dependenciesOf, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}
