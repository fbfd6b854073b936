import { z } from 'zod';

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object with these fields and no other, whose faults are said as what was expected. */
export const strictly = (shape: z.ZodRawShape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `nothing but ${Object.keys(shape).join(', ')}, and no ${issue.keys.join(', ')},` : undefined),
  });
