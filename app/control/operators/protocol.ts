/** The part of the control protocol that is about operators: who they are, and what they did. */
import { z } from 'zod';
import { AUDIT_DAYS_MAX, type AuditedAction } from '../../../commands/operators/audit.ts';
import type { ListedOperator } from '../../../commands/operators/operators.ts';
import { OPERATOR_ROLES } from '../../../domain/operators/roles.ts';
import type { OperatorId } from '../../../domain/shared/ids.ts';
import { operatorId } from '../../../edge/fields.ts';

const ACTIONS_MAX = 1_000;
const NAME_CHARACTERS_MAX = 100;
const name = z.string().min(1).max(NAME_CHARACTERS_MAX);
const role = z.enum(OPERATOR_ROLES);

export const operatorRequestSchemas = {
  'list-operators': z.strictObject({}),
  'add-operator': z.strictObject({ name, role }),
  'set-operator-role': z.strictObject({ operator: operatorId, role }),
  'rotate-operator-token': z.strictObject({ operator: operatorId }),
  'remove-operator': z.strictObject({ operator: operatorId }),
  /** The newest first, of so many days up to and with `day`, which is today where it is absent. */
  'list-audit': z.strictObject({
    day: z.iso.date().optional(),
    days: z.number().int().positive().max(AUDIT_DAYS_MAX),
    /** A name or an id, of operators who were removed too; or `local`, or `admin-token`. */
    by: name.optional(),
    action: name.optional(),
    limit: z.number().int().positive().max(ACTIONS_MAX),
  }),
} as const;

export type OperatorLine = Omit<ListedOperator, 'removed' | 'correlationId'>;

/** No other line ever shows the token. Null: it was shown before. */
export type IssuedTokenLine = Pick<OperatorLine, 'operator' | 'name' | 'role'> & { readonly token: string | null };

/** `name`: of an operator who was added; null for others, and where it was erased. */
export type AuditLine = AuditedAction & { readonly name: string | null };

export type OperatorResponseLines = {
  readonly 'list-operators': OperatorLine;
  readonly 'add-operator': IssuedTokenLine;
  readonly 'set-operator-role': OperatorLine;
  readonly 'rotate-operator-token': IssuedTokenLine;
  readonly 'remove-operator': { readonly operator: OperatorId };
  readonly 'list-audit': AuditLine;
};
