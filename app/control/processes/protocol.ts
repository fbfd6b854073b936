/** The part of the control protocol that is about the processes of the installation. */
import { z } from 'zod';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { CheckResult } from '../../../edge/http/health.ts';
import type { Gateway } from '../../../ports/presence/port.ts';
import type { Role } from '../../config/settings.ts';

export const processRequests = {
  /** Those that answer within `ANSWERS_WITHIN_MS`, of all hosts. */
  'list-processes': z.strictObject({}),
  'list-gateways': z.strictObject({}),
} as const;

export type ProcessLine = {
  /** Another one at each start. */
  readonly process: string;
  /** Whether it is the one that was asked. */
  readonly asked: boolean;
  readonly roles: readonly Role[];
  readonly version: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: Instant;
  readonly memoryBytes: number;
  readonly checks: readonly CheckResult[];
};

export type GatewayLine = Gateway;

export type ProcessLines = { readonly 'list-processes': ProcessLine; readonly 'list-gateways': GatewayLine };
