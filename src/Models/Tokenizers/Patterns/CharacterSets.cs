using System.Globalization;

namespace Vitrine.Models.Tokenizers.Patterns;

/// <summary>The sets of code points that patterns name.</summary>
internal static class CharacterSets
{
    private static readonly Dictionary<string, CodePointSet> Properties = MakeProperties();

    /// <summary><c>\s</c>: Unicode's White_Space.</summary>
    public static CodePointSet Space { get; } = CodePointSet.Where(
        value => value <= char.MaxValue && char.IsWhiteSpace((char)value));

    /// <summary><c>\d</c>.</summary>
    public static CodePointSet Digit { get; } =
        CodePointSet.Of(UnicodeCategory.DecimalDigitNumber);

    /// <summary><c>\h</c>.</summary>
    public static CodePointSet HexDigit { get; } =
        CodePointSet.OfRanges(['0', '9', 'A', 'F', 'a', 'f']);

    /// <summary>Letters, marks, decimal digits, letter numbers, connectors, and the symbols that
    /// Unicode calls alphabetic.</summary>
    public static CodePointSet Alphanumeric { get; } = CodePointSet.Any(
    [
        CodePointSet.Of(
            UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter,
            UnicodeCategory.TitlecaseLetter, UnicodeCategory.ModifierLetter,
            UnicodeCategory.OtherLetter, UnicodeCategory.NonSpacingMark,
            UnicodeCategory.SpacingCombiningMark, UnicodeCategory.EnclosingMark,
            UnicodeCategory.DecimalDigitNumber, UnicodeCategory.LetterNumber,
            UnicodeCategory.ConnectorPunctuation),
        CodePointSet.OfRanges(
            [0x24B6, 0x24E9, 0x1F130, 0x1F149, 0x1F150, 0x1F169, 0x1F170, 0x1F189]),
    ]);

    /// <summary><c>\w</c>: these, and by a quirk of Oniguruma Latin-1's small digits and
    /// fractions.</summary>
    public static CodePointSet Word { get; } = CodePointSet.Any(
        [Alphanumeric, CodePointSet.OfRanges([0xB2, 0xB3, 0xB9, 0xB9, 0xBC, 0xBE])]);

    /// <summary>A property of <c>\p{…}</c>; null if it is not known.</summary>
    public static CodePointSet? Property(string name) => Properties.GetValueOrDefault(
        name.Replace("_", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal)
            .Replace(" ", "", StringComparison.Ordinal)
            .ToLowerInvariant());

    /// <summary>A class of <c>[:…:]</c>; null if it is not known.</summary>
    public static CodePointSet? Named(string name) => name switch
    {
        "space" => Space,
        "digit" => Digit,
        "xdigit" => HexDigit,
        "word" => Word,
        "ascii" => CodePointSet.Range(0, 127),
        "cntrl" => CodePointSet.Of(UnicodeCategory.Control),
        "upper" => CodePointSet.Of(UnicodeCategory.UppercaseLetter),
        "lower" => CodePointSet.Of(UnicodeCategory.LowercaseLetter),
        _ => null,
    };

    private static Dictionary<string, CodePointSet> MakeProperties()
    {
        (string Names, UnicodeCategory[] Categories)[] general =
        [
            ("lu uppercaseletter", [UnicodeCategory.UppercaseLetter]),
            ("ll lowercaseletter", [UnicodeCategory.LowercaseLetter]),
            ("lt titlecaseletter", [UnicodeCategory.TitlecaseLetter]),
            ("lm modifierletter", [UnicodeCategory.ModifierLetter]),
            ("lo otherletter", [UnicodeCategory.OtherLetter]),
            ("l letter",
            [
                UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter,
                UnicodeCategory.TitlecaseLetter, UnicodeCategory.ModifierLetter,
                UnicodeCategory.OtherLetter,
            ]),
            ("mn nonspacingmark", [UnicodeCategory.NonSpacingMark]),
            ("mc spacingmark", [UnicodeCategory.SpacingCombiningMark]),
            ("me enclosingmark", [UnicodeCategory.EnclosingMark]),
            ("m mark",
            [
                UnicodeCategory.NonSpacingMark, UnicodeCategory.SpacingCombiningMark,
                UnicodeCategory.EnclosingMark,
            ]),
            ("nd decimalnumber", [UnicodeCategory.DecimalDigitNumber]),
            ("nl letternumber", [UnicodeCategory.LetterNumber]),
            ("no othernumber", [UnicodeCategory.OtherNumber]),
            ("n number",
            [
                UnicodeCategory.DecimalDigitNumber, UnicodeCategory.LetterNumber,
                UnicodeCategory.OtherNumber,
            ]),
            ("pc connectorpunctuation", [UnicodeCategory.ConnectorPunctuation]),
            ("pd dashpunctuation", [UnicodeCategory.DashPunctuation]),
            ("ps openpunctuation", [UnicodeCategory.OpenPunctuation]),
            ("pe closepunctuation", [UnicodeCategory.ClosePunctuation]),
            ("pi initialpunctuation", [UnicodeCategory.InitialQuotePunctuation]),
            ("pf finalpunctuation", [UnicodeCategory.FinalQuotePunctuation]),
            ("po otherpunctuation", [UnicodeCategory.OtherPunctuation]),
            ("p punctuation",
            [
                UnicodeCategory.ConnectorPunctuation, UnicodeCategory.DashPunctuation,
                UnicodeCategory.OpenPunctuation, UnicodeCategory.ClosePunctuation,
                UnicodeCategory.InitialQuotePunctuation, UnicodeCategory.FinalQuotePunctuation,
                UnicodeCategory.OtherPunctuation,
            ]),
            ("sm mathsymbol", [UnicodeCategory.MathSymbol]),
            ("sc currencysymbol", [UnicodeCategory.CurrencySymbol]),
            ("sk modifiersymbol", [UnicodeCategory.ModifierSymbol]),
            ("so othersymbol", [UnicodeCategory.OtherSymbol]),
            ("s symbol",
            [
                UnicodeCategory.MathSymbol, UnicodeCategory.CurrencySymbol,
                UnicodeCategory.ModifierSymbol, UnicodeCategory.OtherSymbol,
            ]),
            ("zs spaceseparator", [UnicodeCategory.SpaceSeparator]),
            ("zl lineseparator", [UnicodeCategory.LineSeparator]),
            ("zp paragraphseparator", [UnicodeCategory.ParagraphSeparator]),
            ("z separator",
            [
                UnicodeCategory.SpaceSeparator, UnicodeCategory.LineSeparator,
                UnicodeCategory.ParagraphSeparator,
            ]),
            ("cc control", [UnicodeCategory.Control]),
            ("cf format", [UnicodeCategory.Format]),
            ("co privateuse", [UnicodeCategory.PrivateUse]),
            ("cn unassigned", [UnicodeCategory.OtherNotAssigned]),
            ("c other",
            [
                UnicodeCategory.Control, UnicodeCategory.Format, UnicodeCategory.PrivateUse,
                UnicodeCategory.OtherNotAssigned, UnicodeCategory.Surrogate,
            ]),
        ];
        var properties = new Dictionary<string, CodePointSet>();
        foreach ((string names, UnicodeCategory[] categories) in general)
        {
            foreach (string name in names.Split(' '))
            {
                properties.Add(name, CodePointSet.Of(categories));
            }
        }

        foreach ((string names, int[] ranges) in ScriptRanges.All)
        {
            foreach (string name in names.Split(' '))
            {
                properties.Add(name, CodePointSet.OfRanges(ranges));
            }
        }

        return properties;
    }
}
