process.stdout.write('['.repeat(20_000));
