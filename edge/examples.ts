/** Ids, times and positions for the examples of the documents, so that they tell one story. No test and no code refers to a real one. */
import type {
  AppId,
  AppKeyId,
  ChannelId,
  DeviceId,
  ListId,
  MediaId,
  NotificationId,
  OperatorId,
  PersonId,
  PostId,
  ScheduleId,
  TemplateId,
} from '../domain/shared/ids.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { Position } from '../ports/event-log/port.ts';

export const EXAMPLE = {
  ada: '3f8a1c52-7b0e-4d6f-9a21-5c4e8d7b6a10' as PersonId,
  bob: '9d2b7e64-1c3f-4a58-8e07-2f6a9b0c4d31' as PersonId,
  /** Of Ada and Bob. */
  channel: '6e5d4c3b-2a19-5f08-8b7c-6d5e4f3a2b1c' as ChannelId,
  operator: '2b7a9c4e-6d1f-5e80-9a3b-4c5d6e7f8091' as OperatorId,
  app: 'c0ffee00-5a5a-4b4b-8c8c-9d9d0e0e1f1f' as AppId,
  appKey: 'a7d1e3c5-2b4f-5a68-9c0d-7e1f3a5b8d92' as AppKeyId,
  device: 'phone-7f3a' as DeviceId,
  post: '01JZ3V8C9KQ4N7T2W5X6Y8ZABC' as PostId,
  reply: '01JZ3VAE2MR5P8S3V6W7X9YBCD' as PostId,
  media: '8c7b6a5d-4e3f-4c2b-9a1d-0e9f8a7b6c5d' as MediaId,
  notification: '7a6b5c4d-3e2f-4a1b-9c8d-7e6f5a4b3c2d' as NotificationId,
  delivery: '1b2c3d4e-5f60-5a7b-8c9d-0e1f2a3b4c5d',
  list: '2c1b0a9f-8e7d-4c6b-9a5f-4e3d2c1b0a9f' as ListId,
  schedule: '2f7d4b1c-8e3a-4c5b-9d6e-7f8a9b0c1d2e' as ScheduleId,
  template: '4d3c2b1a-0f9e-4d8c-8b7a-6f5e4d3c2b1a' as TemplateId,
  endpoint: '5e4f3a2b-1c0d-5e9f-8a7b-6c5d4e3f2a1b',
  at: '2026-07-01T09:30:00.000Z' as Instant,
  later: '2026-07-01T09:35:12.000Z' as Instant,
  position: '0.48213' as Position,
  session: 'e1d2c3b4-a596-4788-9a0b-1c2d3e4f5061',
  factor: '5a8d0e3b-41c7-4f0a-8a9e-6d2f7b1c0e94',
  ticket: 'q0Wn5TzK3mYb8RvH2sLx7JcD4fGp6AtU1eIo9ZkXwQM',
  recoveryCode: 'K7MQ2X-9RTBWA-4HDZPF-C6NVJE',
  totpSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  challenge: 'mZ4tQx8vK1nRb6WcY3sHdL0pJ7fGaU2eTiO5kXwVqMA',
  secret: 'kR3vX9qLw0pZt7YbN2mJ5sHc8dGf4aUe',
  idempotencyKey: '0197c5b0-9d3e-7c41-a6f2-3b8e5d7f9a01',
  token: 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiI0MiJ9.c2lnbmF0dXJl',
} as const;
