import { Path, type Json, type Report } from '../krm/result.ts';
import type * as z from 'zod/v4/core';
import { readShape } from './read-shape.ts';
import { specSchema } from './stack.ts';
import { v1alpha1Schema } from './v1alpha1-schema.ts';
import type { Version } from './version.ts';

const schemas: Readonly<Record<Version, z.$ZodType>> = { v1alpha1: v1alpha1Schema, v1alpha2: specSchema };

/**
 * Reports what the value of one field is not by the schema of its version, `spec.server.containerSpec.name`; false where
 * that has no such field.
 */
export function readField(version: Version, field: string, value: Json, report: Report): boolean {
  let schema: z.$ZodType | undefined = schemas[version];
  let at = Path.root.field('spec');
  for (const key of field.split('.').slice(1)) {
    schema = fieldOf(schema, key);
    at = at.field(key);
    if (schema === undefined) return false;
  }
  readShape(schema, value, at, report);
  return true;
}

function fieldOf(schema: z.$ZodType, key: string): z.$ZodType | undefined {
  const { def } = (schema as z.$ZodTypes)._zod;
  if (def.type === 'optional' || def.type === 'default') return fieldOf(def.innerType, key);
  return def.type === 'object' && Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
}
