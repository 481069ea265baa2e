import type { ResourceRequirements } from 'kubernetes-types/core/v1.d.ts';
import type { Path, Report } from '../krm/result.ts';
import { quantityValue } from '../quantity.ts';

type Amounts = Readonly<Record<string, string>>;

/** Reports amounts of `workload.resources` that the API server refuses, although each is a quantity. */
export function checkAmounts({ limits = {}, requests = {} }: ResourceRequirements, at: Path, report: Report): void {
  checkNames(limits, at.field('limits'), report);
  checkNames(requests, at.field('requests'), report);
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    const place = at.field('requests').field(name);
    if (limit === undefined) {
      if (isWhole(name))
        report.error(
          place,
          `\`${name}\` must stand under \`limits\` with the same amount, since a pod gets no part of it`,
        );
    } else if (isDevice(name) && !Number.isInteger(quantityValue(limit))) {
      continue; // reported with the limit
    } else if (isWhole(name) && quantityValue(request) !== quantityValue(limit)) {
      report.error(place, `\`${name}\` must be as much as its limit of "${limit}", not "${request}"`, {
        currentValue: request,
        proposedValue: limit,
      });
    } else if (quantityValue(request) > quantityValue(limit)) {
      report.error(place, `\`${name}\` must be at most its limit of "${limit}", not "${request}"`, {
        currentValue: request,
        proposedValue: limit,
      });
    }
  }
}

function checkNames(amounts: Amounts, at: Path, report: Report): void {
  for (const [name, amount] of Object.entries(amounts)) {
    const place = at.field(name);
    const page = /^hugepages-(.+)$/.exec(name)?.[1];
    if (!/^(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(name) && !name.includes('/')) {
      report.error(
        place,
        `A resource must be "cpu", "memory", "ephemeral-storage", "hugepages-" and a size, or a device such as "nvidia.com/gpu", not "${name}"`,
        { currentValue: name },
      );
    } else if (isDevice(name) && !Number.isInteger(quantityValue(amount))) {
      report.error(place, `\`${name}\` must be a whole number of devices, not "${amount}"`, { currentValue: amount });
    } else if (page !== undefined && !isMultiple(quantityValue(amount), quantityValue(page))) {
      report.error(place, `\`${name}\` must be a multiple of ${page}, not "${amount}"`, { currentValue: amount });
    }
  }
}

function isMultiple(amount: number, unit: number): boolean {
  return amount > 0 && Number.isInteger(amount / unit);
}

/** What a plugin of the cluster provides; names below kubernetes.io are the cluster's own. */
function isDevice(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/');
}

/** Whether a pod gets what it may use at once, so that its request and its limit are one. */
function isWhole(name: string): boolean {
  return isDevice(name) || name.startsWith('hugepages-');
}
