/** What the operator's page expects of operations is what they answer. Most of it is checked by the compiler. */
import test from 'ava';
import type { OperationName, ResponseLines } from '../../app/control/protocol.ts';
import { VIOLATIONS as DOMAIN_VIOLATIONS } from '../../domain/moderation/violations.ts';
import { OPERATOR_ROLES as DOMAIN_ROLES } from '../../domain/operators/roles.ts';
import { PROFILE_PARTS as DOMAIN_PARTS } from '../../domain/people/user.ts';
import { DELIVERY_STATUSES as VIEW_STATUSES } from '../../projections/view-access/find-deliveries.ts';
import type { Lines } from '../../web/operator/app/lines.ts';
import { DELIVERY_STATUSES, OPERATOR_ROLES, PROFILE_PARTS, VIOLATIONS } from '../../web/operator/app/names.ts';

/** A name stands for itself where the lines of its operation are not what the page reads. */
type Differing = { [Name in keyof Lines]: Name extends OperationName ? (ResponseLines[Name] extends Lines[Name] ? never : Name) : Name }[keyof Lines];
const fits: [Differing] extends [never] ? true : Differing = true;

test('names that the operator’s page offers are those of the domain', (t) => {
  t.true(fits);
  t.deepEqual([...DELIVERY_STATUSES].toSorted(), VIEW_STATUSES.toSorted());
  t.deepEqual(VIOLATIONS, DOMAIN_VIOLATIONS);
  t.deepEqual(PROFILE_PARTS, DOMAIN_PARTS);
  t.deepEqual(OPERATOR_ROLES, DOMAIN_ROLES);
});
