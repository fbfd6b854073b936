/** Two gateways' presence on one store, with a clock that only moves when the test says so. */
import { contextWith } from '../../commands/handling/command-context.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import type { DeviceId, PersonId } from '../../domain/shared/ids.ts';
import { instant, SECOND_MS } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { startMemoryPresence } from '../../ports/presence/memory.ts';
import { PresenceUnavailable, type Presence } from '../../ports/presence/port.ts';
import { HEARTBEAT_MS, PRESENCE_TTL_MS } from '../config.ts';
import { momentsOf } from './moments.ts';
import { beatPresence, createLocalPresence, flushPresence, leavePresence, tickPresence } from './presence.ts';
import { createPresencePublisher } from './presence-publisher.ts';
import type { PresenceRecorder } from './record-presence.ts';

export const ann = 'ann' as PersonId;

export async function givenPresence({
  ttlMs = PRESENCE_TTL_MS,
  record,
}: { readonly ttlMs?: number; readonly record?: () => Promise<CommandResult | undefined | void> } = {}) {
  const start = Date.UTC(2030, 0, 1);
  const state = { nowMs: 0, clockSetByMs: 0, published: [] as string[], recorded: [] as string[], failures: 0, isStoreAway: false };
  const monotonicMs = () => state.nowMs;
  const clock = () => instant(start + state.nowMs + state.clockSetByMs);
  const momentOf = momentsOf({ clock, monotonicMs });
  let memory = await startMemoryPresence({ monotonicMs, clock });
  const calls: string[] = [];
  /** Asked by gateways; a test may have it away, or lose all it knows. */
  const asked = <Name extends keyof Presence & string>(name: Name) =>
    ((...parameters: never[]) => {
      calls.push(name);
      if (state.isStoreAway) return Promise.reject(new PresenceUnavailable('away'));
      return (memory[name] as (...parameters: never[]) => unknown)(...parameters);
    }) as Presence[Name];
  const store = { keepAlive: asked('keepAlive'), arrive: asked('arrive'), leave: asked('leave'), statusOf: asked('statusOf') };
  const loseStore = async () => void (memory = await startMemoryPresence({ monotonicMs, clock }));
  const seconds = (at: string) => (Date.parse(at) - start) / SECOND_MS;
  const broadcast = {
    publish: (_: unknown, hint: unknown) => {
      const { status, lastActiveAt } = hint as Extract<LiveHint, { kind: 'presence' }>;
      state.published.push(`${status} since ${lastActiveAt === null ? 'ever' : seconds(lastActiveAt)}`);
    },
  };
  const commands: PresenceRecorder['commands'] = {
    changePresence: async ({ status, since }) => {
      const result = await record?.();
      state.recorded.push(`${status} since ${seconds(since)}`);
      return result ?? { outcome: 'unchanged', stream: 'presence-ann', revision: 0, position: undefined };
    },
    recordGatewayLoss: () => Promise.reject(new Error('not asked for')),
  };
  const gateway = (name: string) => {
    const local = createLocalPresence({
      publisher: createPresencePublisher({ gateway: name, presence: store, broadcast, ttlMs, momentOf }),
      recorder: { commands, contextFor: contextWith(Buffer.from('a test')), clock, gateway: name },
      ttlMs,
      monotonicMs,
      momentOf,
      reportError: () => void state.failures++,
    });
    return {
      beat: (person: PersonId, device: DeviceId) => beatPresence(local, person, device),
      leave: (person: PersonId, device: DeviceId) => leavePresence(local, person, device),
      tick: () => tickPresence(local),
      flush: () => flushPresence(local),
      count: () => local.people.size,
    };
  };
  const one = gateway('one');
  const other = gateway('other');
  /** Lets so much time pass, with its ticks and flushes. */
  const pass = async (ms: number, during: () => void = () => undefined) => {
    for (const end = state.nowMs + ms; state.nowMs < end;) {
      state.nowMs += SECOND_MS / 2;
      if (state.nowMs % SECOND_MS === 0) {
        one.tick();
        other.tick();
        if (state.nowMs % HEARTBEAT_MS === 0) during();
      }
      await one.flush();
      await other.flush();
    }
  };
  const statusNow = async () => (await memory.statusOf([ann])).get(ann)?.status;
  return { one, other, state, pass, statusNow, calls, loseStore };
}
