import { describe, expect, test } from 'vitest';
import { readPlainScalar } from './go-scalar.ts';

describe('a plain scalar is read as Go reads it', () => {
  test.each([
    ['', null],
    ['~', null],
    ['null', null],
    ['Null', null],
    ['NULL', null],
    ['nUll', 'nUll'],
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['tRUE', 'tRUE'],
    ['yes', 'yes'],
    ['No', 'No'],
    ['on', 'on'],
    ['off', 'off'],
    ['y', 'y'],
    ['0', 0],
    ['-0', 0],
    ['12', 12],
    ['+12', 12],
    ['-12', -12],
    ['0755', 493],
    ['012', 10],
    ['-012', -10],
    ['089', 89],
    ['0_7', 7],
    ['08', 8],
    ['0o7', 7],
    ['0O7', 7],
    ['0o8', '0o8'],
    ['0x1F', 31],
    ['-0x1F', -31],
    ['0X1f', 31],
    ['0xg', '0xg'],
    ['0x', '0x'],
    ['0b11', 3],
    ['0B11', 3],
    ['-0b11', -3],
    ['0b2', '0b2'],
    ['1_000', 1000],
    ['1__0', 10],
    ['1_', 1],
    ['_1', '_1'],
    ['1_0.5', 10.5],
    ['._5', '._5'],
    ['1e3', 1000],
    ['1E3', 1000],
    ['.5', 0.5],
    ['5.', 5],
    ['+.5', 0.5],
    ['1.10', 1.1],
    ['12e-3', 0.012],
    ['-0.0', 0],
    ['1e400', '1e400'],
    ['.', '.'],
    ['-', '-'],
    ['+', '+'],
    ['1e', '1e'],
    ['e1', 'e1'],
    ['1.2.3', '1.2.3'],
    ['2001-01-01', '2001-01-01'],
    ['1:30', '1:30'],
    ['1h', '1h'],
    ['100m', '100m'],
    ['1Gi', '1Gi'],
    ['=', '='],
    ['Infinity', 'Infinity'],
    ['NaN', 'NaN'],
    ['9007199254740991', 9007199254740991],
  ])('%j → %j', (text, value) => {
    expect(readPlainScalar(text)).toEqual({ value });
  });

  test.each(['9007199254740992', '-12345678901234567890', '0xffffffffffffffff'])(
    '%s is refused: it cannot be held exactly',
    (text) => {
      expect(readPlainScalar(text)).toEqual({
        problem: `the number ${text} is too large to be read exactly; put it in quotes if it is text`,
      });
    },
  );

  test.each(['.inf', '-.Inf', '.NAN'])('%s is refused: JSON has no such number', (text) => {
    expect(readPlainScalar(text)).toHaveProperty('problem');
  });
});
