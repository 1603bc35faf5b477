using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Vitrine.Models.Tokenizers.Unicode;

/// <summary>Unicode's decompositions and combining classes.</summary>
/// <remarks>From UnicodeData.txt and CompositionExclusions.txt, cut to the version that published
/// tokenizers were made with. .NET normalises through ICU, which is absent where globalization is
/// invariant, as here: text would pass unchanged.</remarks>
internal sealed class NormalizationData
{
    private const string Resource = "unicode.normalization.br";

    private static readonly Lazy<NormalizationData> Shared = new(() => new NormalizationData());
    private readonly Dictionary<int, int[]> _canonical = [];
    private readonly Dictionary<int, int[]> _compatible = [];
    private readonly Dictionary<int, byte> _classes = [];
    private readonly Dictionary<(int, int), int> _compositions = [];

    /// <summary>Lines of <c>class;code point;class</c> (<c>c</c>), canonical decompositions
    /// (<c>=</c>; <c>!</c> if nothing composes to it) and compatible ones (<c>~</c>).</summary>
    private NormalizationData()
    {
        using Stream resource =
            typeof(NormalizationData).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"Tokenizer: the assembly lacks {Resource}.");
        using var reader = new StreamReader(
            new BrotliStream(resource, CompressionMode.Decompress), Encoding.ASCII);
        while (reader.ReadLine() is { } line)
        {
            int[] values = [.. line[1..].Split(' ').Select(value => int.Parse(
                value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
            switch (line[0])
            {
                case 'c':
                    _classes.Add(values[0], (byte)values[1]);
                    break;
                case '~':
                    _compatible.Add(values[0], values[1..]);
                    break;
                default:
                    _canonical.Add(values[0], values[1..]);
                    if (line[0] == '=')
                    {
                        _compositions.Add((values[1], values[2]), values[0]);
                    }

                    break;
            }
        }
    }

    /// <summary>The tables, read once.</summary>
    public static NormalizationData Instance => Shared.Value;

    /// <summary>The canonical combining class.</summary>
    public int Class(int codePoint) => _classes.GetValueOrDefault(codePoint);

    /// <summary>A code point's decomposition by one step; null if it has none.</summary>
    public int[]? Decomposition(int codePoint, bool compatible) =>
        _canonical.TryGetValue(codePoint, out int[]? parts)
            || (compatible && _compatible.TryGetValue(codePoint, out parts)) ? parts : null;

    /// <summary>The code point that two compose to; −1 if there is none.</summary>
    public int Composition(int first, int second) =>
        _compositions.GetValueOrDefault((first, second), -1);
}
