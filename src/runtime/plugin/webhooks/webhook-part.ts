import type { z } from 'zod'
import { AppError } from '../../../base/errors.ts'
import { describeIssue } from '../../../protocol/index.ts'

/** @throws AppError `webhook.invalid` that names the field */
export function read<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  root: string,
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new AppError(`the webhook is wrong: ${describeIssue(result.error, root)}`, {
    code: 'webhook.invalid',
  })
}
