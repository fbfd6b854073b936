/** For tests of deciders: `given(decider, ...events).when(command).then(t, ...events)` or `.thenRefused(t, code)`. */
import type { ExecutionContext } from 'ava';
import type { Decider, Refusal } from './decider.ts';
import type { DomainEvent } from './event.ts';
import type { RefusalCode } from './refusals.ts';

/** Every decider test is written with it, so that a change of the decider's shape edits one file. */
export function given<State, Command, Event extends DomainEvent>(decider: Decider<State, Command, Event>, ...history: readonly Event[]) {
  const state = history.reduce(decider.evolve, decider.initialState);
  return {
    when(command: Command) {
      const decision = decider.decide(state, command);
      return {
        // oxlint-disable-next-line unicorn/no-thenable -- it is never awaited
        then: (t: ExecutionContext, ...events: readonly Event[]) => t.deepEqual(decision, { outcome: 'accepted', events }),
        thenRefused: (t: ExecutionContext, code: RefusalCode, facts?: Refusal['facts']) => {
          t.is(decision.outcome === 'refused' ? decision.refusal.code : undefined, code);
          if (facts !== undefined && decision.outcome === 'refused') t.deepEqual(decision.refusal.facts, facts);
        },
      };
    },
  };
}
