using System.Globalization;
using System.Text;

namespace Vitrine.Models.Tokenizers.Patterns;

/// <summary>A set of code points, as a class in a pattern names it.</summary>
/// <remarks>Membership of the 128 ASCII characters is computed once.</remarks>
internal abstract class CodePointSet
{
    private bool[]? _ascii;

    /// <summary>Whether the set has a code point.</summary>
    public bool Contains(int codePoint) => codePoint < 128
        ? (_ascii ??= Ascii())[codePoint] : Has(codePoint, Category(codePoint));

    /// <summary>The code points of some general categories.</summary>
    public static CodePointSet Of(params ReadOnlySpan<UnicodeCategory> categories)
    {
        uint mask = 0;
        foreach (UnicodeCategory category in categories)
        {
            mask |= 1u << (int)category;
        }

        return new Categories(mask);
    }

    /// <summary>The code points from one to another, both included.</summary>
    public static CodePointSet Range(int first, int last) => new Ranges([first, last]);

    /// <summary>The code points of several ranges: first, last, first, last, … in rising
    /// order.</summary>
    public static CodePointSet OfRanges(int[] bounds) => new Ranges(bounds);

    /// <summary>The code points that a function accepts.</summary>
    public static CodePointSet Where(Func<int, bool> accepts) => new Accepted(accepts);

    /// <summary>The code points of any of several sets.</summary>
    public static CodePointSet Any(IReadOnlyList<CodePointSet> sets) =>
        sets is [CodePointSet only] ? only : new Union(sets);

    /// <summary>The code points in both sets.</summary>
    public CodePointSet And(CodePointSet other) => new Intersection(this, other);

    /// <summary>All other code points.</summary>
    public CodePointSet Not() => new Complement(this);

    /// <summary>This set and every code point that differs from one in it only by case.</summary>
    public CodePointSet IgnoringCase() => new Folded(this);

    private protected abstract bool Has(int codePoint, UnicodeCategory category);

    private static UnicodeCategory Category(int codePoint) =>
        CharUnicodeInfo.GetUnicodeCategory(codePoint);

    private bool[] Ascii() =>
        [.. Enumerable.Range(0, 128).Select(value => Has(value, Category(value)))];

    private sealed class Categories(uint mask) : CodePointSet
    {
        private protected override bool Has(int codePoint, UnicodeCategory category) =>
            ((mask >> (int)category) & 1) != 0;
    }

    private sealed class Ranges(int[] bounds) : CodePointSet
    {
        private protected override bool Has(int codePoint, UnicodeCategory category)
        {
            int at = Array.BinarySearch(bounds, codePoint);
            return at >= 0 || ((~at) & 1) == 1;
        }
    }

    private sealed class Accepted(Func<int, bool> accepts) : CodePointSet
    {
        private protected override bool Has(int codePoint, UnicodeCategory category) =>
            accepts(codePoint);
    }

    private sealed class Union(IReadOnlyList<CodePointSet> sets) : CodePointSet
    {
        private protected override bool Has(int codePoint, UnicodeCategory category)
        {
            foreach (CodePointSet set in sets)
            {
                if (set.Has(codePoint, category))
                {
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class Intersection(CodePointSet left, CodePointSet right) : CodePointSet
    {
        private protected override bool Has(int codePoint, UnicodeCategory category) =>
            left.Has(codePoint, category) && right.Has(codePoint, category);
    }

    private sealed class Complement(CodePointSet set) : CodePointSet
    {
        private protected override bool Has(int codePoint, UnicodeCategory category) =>
            !set.Has(codePoint, category);
    }

    private sealed class Folded(CodePointSet set) : CodePointSet
    {
        private protected override bool Has(int codePoint, UnicodeCategory category)
        {
            if (set.Has(codePoint, category))
            {
                return true;
            }

            if (!Rune.TryCreate(codePoint, out Rune rune))
            {
                return false;
            }

            Rune lower = Rune.ToLowerInvariant(rune);
            return Holds(lower) || Holds(Rune.ToUpperInvariant(rune))
                || Holds(Rune.ToUpperInvariant(lower)) || codePoint switch
                {
                    's' or 'S' => Holds(new Rune('ſ')),
                    'ſ' => Holds(new Rune('s')),
                    'k' or 'K' => Holds(new Rune(0x212A)),
                    _ => false,
                };
        }

        private bool Holds(Rune rune) => set.Has(rune.Value, Category(rune.Value));
    }
}
