/** Failures of the command line, and its exit codes. */
import type { FailureCode } from '../app/control/protocol.ts';

export const EXIT = { done: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Its message is printed as it is. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export const exitCodeOf: { readonly [Code in FailureCode]: ExitCode } = {
  'bad-request': EXIT.usage,
  forbidden: EXIT.failed,
  unknown: EXIT.failed,
  failed: EXIT.failed,
};
