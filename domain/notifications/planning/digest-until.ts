/** Whether a delivery waits for others, and until when: by what its person chose, else by what its category says. */
import { isSent } from '../../people/notification-channels.ts';
import { ruleFor } from '../../people/preferences/digest-choices.ts';
import type { DigestRule } from '../../people/preferences/digest-rule.ts';
import { zoneOfPerson } from '../../people/zone-of-person.ts';
import type { Instant } from '../../shared/instant.ts';
import { closestChoice } from '../categories/wanted.ts';
import { closesAt } from '../digests/closes-at.ts';
import type { Plan } from '../delivery-plan.ts';
import { mustBeTold, type SendFacts } from './may-send.ts';

type Candidate = Pick<Plan, 'source' | 'category' | 'channel' | 'critical' | 'failover'>;
type Facts = Pick<SendFacts, 'user' | 'preferences' | 'category'>;

/**
 * When a window closes that it opens; undefined where it is told at once. What must be told never waits, nor what has a failover, which
 * says how soon it is to be seen. What is shown in the notification centre is a list already.
 */
export function digestUntil(candidate: Candidate, facts: Facts, at: Instant): Instant | undefined {
  if (candidate.source.kind !== 'app' || candidate.failover !== undefined || !isSent(candidate.channel)) return undefined;
  if (mustBeTold(candidate, facts)) return undefined;
  const { user, preferences, category } = facts;
  const rule: DigestRule | undefined =
    closestChoice((about) => ruleFor(preferences.digests, about), { app: candidate.source.app, ...candidate }) ?? category?.digest;
  return rule && closesAt(rule, { zone: zoneOfPerson(user, preferences), at });
}
