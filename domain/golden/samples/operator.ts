import type { AuditEvent, OperatorEvent } from '../../operators/events.ts';
import type { OperatorId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const jin = '2b7a9c4e-6d1f-5e80-9a3b-4c5d6e7f8091' as OperatorId;
const action = '0195951d-7a9b-7c3e-8d4f-5a6b7c8d9e0f';

export const operatorSamples: Samples<OperatorEvent> = {
  'operators.operator-added.v1': {
    operator: jin,
    name: 'jin.park',
    nameId: 'Zr3kqV1mWc0bX9sT5nHy7uLpQaEd2gJf',
    role: 'support',
    token: 'a3c1f0d2-4b5e-5c6d-9e7f-8a9b0c1d2e3f',
    at,
  },
  'operators.role-changed.v1': { operator: jin, role: 'moderator', at: later },
  'operators.token-rotated.v1': { operator: jin, token: 'b4d2a1e3-5c6f-5d7e-8f80-9b0c1d2e3f4a', at: later },
  'operators.operator-removed.v1': { operator: jin, at: later },
};

export const auditSamples: Samples<AuditEvent> = {
  'operators.action-taken.v1': {
    id: action,
    action: 'endSessionsOf',
    operator: jin,
    role: 'support',
    reason: 'She lost her phone, ticket 4711',
    of: { person: '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' },
    at,
  },
  'operators.action-failed.v1': { id: action, code: 'person-unknown', at: later },
};
