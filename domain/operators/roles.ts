/** Who operates an installation, and by which role. */
import type { OperatorId } from '../shared/ids.ts';

/** Each may do what those before it may. */
export const OPERATOR_ROLES = ['viewer', 'support', 'moderator', 'admin'] as const;
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

export const hasRole = (role: OperatorRole, least: OperatorRole): boolean => OPERATOR_ROLES.indexOf(role) >= OPERATOR_ROLES.indexOf(least);

/** `admin-token`: whoever holds the token of the installation. `local`: whoever may open the control socket, so the owner of the data folder. */
export type ActingAs = OperatorId | 'admin-token' | 'local';

/** Tokens of operators begin so, that whoever scans files for secrets finds them, and no other token does. */
export const OPERATOR_TOKEN_PREFIX = 'tidings-operator_';

export type ActingOperator = { readonly operator: ActingAs; readonly role: OperatorRole };

export const ADMIN_TOKEN_HOLDER: ActingOperator = { operator: 'admin-token', role: 'admin' };
export const LOCAL_OPERATOR: ActingOperator = { operator: 'local', role: 'admin' };

/** As the log and the security log name the actor. */
export const actorOfOperator = (operator: ActingAs): string => (operator === 'admin-token' || operator === 'local' ? operator : `operator:${operator}`);
