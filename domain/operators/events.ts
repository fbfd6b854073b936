/** The events of operators: who they are, and what they did. */
import type { Personal, SealingOf } from '../shared/event.ts';
import type { OperatorId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import type { ActingAs, OperatorRole } from './roles.ts';

/** `operatorsStream`: one for all. The tokens themselves are nowhere, and their hashes in the vault. */
export type OperatorEvent =
  | {
      readonly type: 'operators.operator-added.v1';
      readonly data: {
        readonly operator: OperatorId;
        readonly name: Personal<string>;
        /** The HMAC of the name. */
        readonly nameId: string;
        readonly role: OperatorRole;
        /** The id of the token that is good from here on. */
        readonly token: string;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'operators.role-changed.v1';
      readonly data: { readonly operator: OperatorId; readonly role: OperatorRole; readonly at: Instant };
    }
  /** The tokens before it are good for nothing any more. */
  | { readonly type: 'operators.token-rotated.v1'; readonly data: { readonly operator: OperatorId; readonly token: string; readonly at: Instant } }
  | { readonly type: 'operators.operator-removed.v1'; readonly data: { readonly operator: OperatorId; readonly at: Instant } };

/** `auditStream`: one for each day. */
export type AuditEvent =
  /** Before it is done. */
  | {
      readonly type: 'operators.action-taken.v1';
      readonly data: {
        readonly id: string;
        readonly action: string;
        readonly operator: ActingAs;
        /** That the operator had then. */
        readonly role: OperatorRole;
        /** May speak of people; nothing is to be found by it. */
        readonly reason?: Personal<string>;
        /** The ids of what it was done to. */
        readonly of?: Readonly<Record<string, string | number>>;
        readonly at: Instant;
      };
    }
  /** An action that was taken could not be done, or not to its end. */
  | { readonly type: 'operators.action-failed.v1'; readonly data: { readonly id: string; readonly code: string; readonly at: Instant } };

export type OperatorsEvent = OperatorEvent | AuditEvent;

export const operatorsSealing: SealingOf<OperatorsEvent> = {
  'operators.operator-added.v1': { name: 'operator' },
  'operators.role-changed.v1': {},
  'operators.token-rotated.v1': {},
  'operators.operator-removed.v1': {},
  'operators.action-taken.v1': { reason: 'operator' },
  'operators.action-failed.v1': {},
};
