using System.Globalization;
using System.Text.RegularExpressions;

namespace Vitrine.Models.Families;

/// <summary>Which tensor of a file holds which weight: a line for each, of the weight's name, the
/// tensor's and the tensor's axes.
/// <code>
/// blocks.{i}.attn.W_Q   model.layers.{i}.self_attn.q_proj.weight   (head dHead) dModel
/// -                     model.layers.{i}.self_attn.rotary_emb.inv_freq
/// </code></summary>
/// <remarks>{i} is a layer, {e} an expert. A tensor that may have several names lists the part that
/// varies: <c>LayerNorm.weight|gamma</c>. <c>{head}</c> in a tensor's name: one for each head. Tensors of
/// lines that begin with - are ignored.</remarks>
internal sealed partial class WeightTable
{
    private readonly Dictionary<string, (string Tensor, AxisPattern Pattern, string[]? Axes)> _rows =
        [];

    private readonly List<Regex> _ignored = [];

    private WeightTable()
    {
    }

    /// <summary>Reads the lines.</summary>
    /// <exception cref="FormatException">A line is none.</exception>
    public static WeightTable Parse(string lines)
    {
        var table = new WeightTable();
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(
                ' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts is ["-", var ignored])
            {
                string pattern = Regex.Escape(ignored)
                    .Replace("\\{i}", "\\d+", StringComparison.Ordinal)
                    .Replace("\\*", ".*", StringComparison.Ordinal);
                table._ignored.Add(new Regex($"^(.*\\.)?{pattern}$", RegexOptions.CultureInvariant));
            }
            else if (parts is [var weight, var tensor, var axes])
            {
                string[] sides = axes.Split("->");
                table._rows[weight] = (
                    tensor, AxisPattern.Parse(sides[0]),
                    sides.Length == 1 ? null : sides[1].Split(
                        ' ', StringSplitOptions.RemoveEmptyEntries));
            }
            else
            {
                throw new FormatException($"WeightTable: '{line}' is not a row.");
            }
        }

        return table;
    }

    /// <summary>Whether a tensor is one that models do not read.</summary>
    public bool Ignores(string tensor) => _ignored.Any(pattern => pattern.IsMatch(tensor));

    /// <summary>The row of a weight; null if it has none.</summary>
    /// <param name="weight">The weight's name, as the model has it.</param>
    public WeightRow? Find(string weight)
    {
        string general = Layer().Replace(weight, "blocks.{i}.", 1);
        general = Expert().Replace(general, "experts.{e}.", 1);
        if (!_rows.TryGetValue(general, out var row))
        {
            return null;
        }

        int layer = Number(Layer().Match(weight));
        int expert = Number(Expert().Match(weight));
        string tensor = row.Tensor
            .Replace("{i}", $"{layer}", StringComparison.Ordinal)
            .Replace("{e}", $"{expert}", StringComparison.Ordinal);
        return new WeightRow(Options(tensor), row.Pattern, row.Axes, layer, expert);
    }

    /// <summary>The names that a tensor may have: one part of them varies.</summary>
    private static string[] Options(string tensor)
    {
        string[] parts = tensor.Split('.');
        int varying = Array.FindIndex(parts, part => part.Contains('|', StringComparison.Ordinal));
        return varying < 0 ? [tensor] :
        [
            .. parts[varying].Split('|').Select(option => string.Join(
                '.', parts.Select((part, i) => i == varying ? option : part))),
        ];
    }

    private static int Number(Match match) => match.Success
        ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"blocks\.(\d+)\.")]
    private static partial Regex Layer();

    [GeneratedRegex(@"experts\.(\d+)\.")]
    private static partial Regex Expert();
}

/// <summary>Where a weight lies.</summary>
/// <param name="Tensors">The names that its tensor may have.</param>
/// <param name="Pattern">The tensor's axes.</param>
/// <param name="Axes">The weight's axes, where its name does not say them.</param>
/// <param name="Layer">Its layer.</param>
/// <param name="Expert">Its expert.</param>
internal sealed record WeightRow(
    string[] Tensors, AxisPattern Pattern, string[]? Axes, int Layer, int Expert);
