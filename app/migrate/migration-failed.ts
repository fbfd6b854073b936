/** It can't go on, for a reason that the operator is told. What was copied stays, and is not copied again. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed';
}
