/** The names of a projection's collections and checkpoints: each version, and each rebuild of a version, has its own. */
import { slotOf } from '../../ports/event-log/slots.ts';
import type { AnyProjection } from '../projection.ts';

/** Names one build of a projector. `build` is 0 unless the version was rebuilt. */
export type BuildId = { readonly version: number; readonly build: number };

const suffixOf = ({ version, build }: BuildId): string => (build === 0 ? `@${version}` : `@${version}.${build}`);

/** `inbox@2`; rebuilt once, `inbox@2.1`. A reactor or process has no version in its name: a new version takes over the old one's checkpoint. */
export function runnerName({ name, kind }: Pick<AnyProjection, 'name' | 'kind'>, build: BuildId): string {
  return kind === 'projector' ? `${name}${suffixOf(build)}` : name;
}

/** The name under which the view store keeps a projector's collection. A reactor's collections have no version in their names, for the same reason. */
export const physicalCollection = (collection: string, build: BuildId): string => `${collection}${suffixOf(build)}`;

/** How the work of each projection is divided: into one unit for each shard of each log. The same for all processes of an installation. */
export type Division = { readonly logs: number; readonly shards: number };

/** The part of the streams that one runner processes: one log, and one shard of its streams. */
export type Partition = { readonly log: number; readonly shard: number };

/** Streams that share an id (`channel-7`, `messages-7`) are in one shard, so that their order holds. */
export const shardOf = (stream: string, shards: number): number => (shards === 1 ? 0 : slotOf(stream) % shards);

export const partitionsOf = ({ logs, shards }: Division): readonly Partition[] =>
  Array.from({ length: logs * shards }, (_, index) => ({ log: Math.floor(index / shards), shard: index % shards }));

/** Names a unit and its checkpoint: `inbox@2`; with several logs or shards `inbox@2/<log>.<shard>`. */
export const checkpointName = (runner: string, { log, shard }: Partition): string => (log === 0 && shard === 0 ? runner : `${runner}/${log}.${shard}`);

export const runnerOfCheckpoint = (checkpoint: string): string => checkpoint.split('/', 1)[0] ?? checkpoint;

export function partitionOfCheckpoint(checkpoint: string): Partition {
  const [log = 0, shard = 0] = (checkpoint.split('/')[1] ?? '').split('.').map(Number);
  return { log, shard };
}

/** Checkpoints whose names begin with this say nothing of a projection: the processes that share the work keep them. None has a slash, as a shard has. */
export const BOOKKEEPING = '~';

/** The build of this projector that the runner's name names; undefined where it names another projection. */
export function buildOfRunner(name: string, runner: string): BuildId | undefined {
  if (!runner.startsWith(`${name}@`)) return undefined;
  const [version, build = '0'] = runner.slice(name.length + 1).split('.');
  return { version: Number(version), build: Number(build) };
}

export const isOlder = (one: BuildId, other: BuildId): boolean => one.version < other.version || (one.version === other.version && one.build < other.build);

export const sameBuild = (one: BuildId, other: BuildId | undefined): boolean => one.version === other?.version && one.build === other.build;
