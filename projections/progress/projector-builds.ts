/** Which builds a projector has, as its events say: the active one, and the one that is to replace it. */
import type { Recorded } from '../../domain/shared/event.ts';
import type { OperationsEvent } from '../../domain/shared/operations.ts';
import { isOlder, sameBuild, type BuildId } from './names.ts';

const ACTIVATED = 'operations.version-activated.v1';
const REQUESTED = 'operations.rebuild-requested.v1';
const CANCELLED = 'operations.rebuild-cancelled.v1';
export const BUILD_EVENTS: readonly string[] = [ACTIVATED, REQUESTED, CANCELLED];

type BuildEvent = Recorded<Extract<OperationsEvent, { type: typeof ACTIVATED | typeof REQUESTED | typeof CANCELLED }>>;

export const isOfBuilds = (event: { readonly type: string }): event is BuildEvent => BUILD_EVENTS.includes(event.type);

export type ProjectorBuilds = {
  readonly active: BuildId | undefined;
  readonly requested: BuildId | undefined;
  readonly givenUp: readonly BuildId[];
  /** By version: the newest build that was ever asked for or active. */
  readonly newestBuilds: ReadonlyMap<number, number>;
  /** The revision of the last event that is included; an event is seen again where two ways of reading overlap. */
  readonly revision: number;
};

export const NO_BUILDS: ProjectorBuilds = { active: undefined, requested: undefined, givenUp: [], newestBuilds: new Map(), revision: -1 };

/**
 * A process may have been stopped just before it says that a build is active, and say it long after another has gone on. So a build
 * that was given up, or is older than the active one of its version, never becomes active: its views may be gone.
 */
export function changeBuilds(before: ProjectorBuilds, { type, data, revision }: BuildEvent): ProjectorBuilds {
  if (revision <= before.revision) return before;
  const build: BuildId = { version: data.version, build: data.build ?? 0 };
  const newest = Math.max(before.newestBuilds.get(build.version) ?? 0, build.build);
  const after: ProjectorBuilds = { ...before, newestBuilds: new Map(before.newestBuilds).set(build.version, newest), revision };
  switch (type) {
    case ACTIVATED:
      return mayBecomeActive(before, build) ? { ...after, active: build, requested: undefined } : after;
    case REQUESTED:
      return before.requested === undefined && isNewerBuild(before, build) ? { ...after, requested: build } : after;
    case CANCELLED:
      return sameBuild(build, before.requested) ? { ...after, requested: undefined, givenUp: [...before.givenUp, build] } : after;
  }
}

function mayBecomeActive({ active, givenUp }: ProjectorBuilds, build: BuildId): boolean {
  if (active === undefined) return true;
  if (build.version !== active.version) return build.build === 0 || build.version > active.version;
  return build.build > active.build && !givenUp.some((one) => sameBuild(one, build));
}

const isNewerBuild = ({ newestBuilds, active }: ProjectorBuilds, build: BuildId): boolean =>
  build.build > (newestBuilds.get(build.version) ?? 0) && (active === undefined || isOlder(active, build));
