/** For the tests of those who look at projections: one that has nothing to do. */
import type { ProjectionStatus } from '../rollout/start-projections.ts';

export const INBOX_STATUS: ProjectionStatus = {
  name: 'inbox',
  version: 2,
  build: 0,
  kind: 'projector',
  log: 'main',
  shard: 0,
  active: true,
  state: 'live',
  position: undefined,
  deadLetters: 0,
  error: undefined,
  failingSeconds: 0,
  isBuilt: true,
  lagEvents: 0,
  lagSeconds: 0,
};
