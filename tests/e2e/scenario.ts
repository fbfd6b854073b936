/** What an end-to-end test works with: the system under test, the actors that use it, and what it has acknowledged to them. */
import type { Acknowledged } from './acknowledged.ts';
import type { Actors } from './actors.ts';
import type { SystemUnderTest } from './system-under-test.ts';

export type Scenario = {
  readonly system: SystemUnderTest;
  readonly actors: Actors;
  readonly acknowledged: Acknowledged;
  /** That people may send, by the person's id: each is sent once. */
  readonly files?: ReadonlyMap<string, readonly string[]>;
};
