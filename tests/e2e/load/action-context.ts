/** One step of a person in a load. */
import type { Person } from '../actors.ts';
import type { Device } from '../devices/device.ts';
import type { Random } from './random.ts';
import type { Scenario } from '../scenario.ts';

export type ActionContext = Scenario & {
  readonly person: Person;
  readonly random: Random;
  /** The idempotency key of the step. */
  readonly key: string;
  /** Undefined: the person has none and uses HTTP. */
  readonly device: Device | undefined;
};

export const makeText = ({ person, random, key }: ActionContext): string =>
  `${person.name} says ${key.slice(0, 8)} ${'and so on '.repeat(random.below(8))}`.trim();
