import type { OperationsEvent } from '../../shared/operations.ts';
import { at, type Samples } from '../samples.ts';

const position = '0:128964';

export const operationsSamples: Samples<OperationsEvent> = {
  'operations.checkpoint-reached.v1': { projection: 'feed-fan-out@1', position, at },
  'operations.version-activated.v1': { projection: 'inbox', version: 2, build: 1, at },
  'operations.rebuild-requested.v1': { projection: 'inbox', version: 2, build: 1, at },
  'operations.rebuild-cancelled.v1': { projection: 'inbox', version: 2, build: 1, at },
  'operations.event-set-aside.v1': { projection: 'inbox@2', stream: 'messages-c-2c26b46b68ff', revision: 41, position, error: 'TypeError: x is undefined', at },
  'operations.snapshot-taken.v1': { revision: 1999, position, version: 1, state: { status: 'closed' }, at },
  'operations.snapshot-part-taken.v1': { revision: 1999, position, version: 1, part: 0, parts: 1, packed: 'q1YqLkksKS1WslJKzskvTk1RqgUA', at },
  'operations.vault-adopted.v1': { fingerprint: '3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', at },
  'operations.log-restored.v1': { epoch: 1_741_964_966, at },
  'operations.event-resolved.v1': { projection: 'inbox@2', stream: 'messages-c-2c26b46b68ff', revision: 41, how: 'retried', at },
};
