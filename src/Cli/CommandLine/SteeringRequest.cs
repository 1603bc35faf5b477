using System.Globalization;
using Vitrine.Interp;
using Vitrine.Interp.Generation;
using Vitrine.Models;
using Vitrine.Models.Generation;

namespace Vitrine.Cli.CommandLine;

/// <summary>Steering as it was asked for: <c>1.0=0</c> scales, <c>1=4* love| hate</c>
/// adds.</summary>
internal static class SteeringRequest
{
    private const string ScaleForm = "`scale`: write a head or a layer, =, and a factor: 1.0=0 or "
        + "1=0.5";

    private const string AddForm = "`add`: write a layer, =, a coefficient, *, and a prompt, or "
        + "two with | between: 1=4* love| hate";

    /// <summary>The heads that a text scales.</summary>
    /// <exception cref="RequestException">It is no such text, or the model has no such
    /// head.</exception>
    public static IEnumerable<ScaledHead> Scaled(Subject subject, string text)
    {
        string[] parts = text.Split('=');
        if (parts.Length != 2 || Number(parts[1]) is not { } factor)
        {
            throw new RequestException($"{ScaleForm}; got “{text}”.");
        }

        if (Layer(parts[0]) is not { } layer)
        {
            return [new ScaledHead(subject.Head(parts[0], "`scale`"), factor)];
        }

        InModel(subject, "`scale`", layer);
        return subject.Heads.Where(head => head.Layer == layer)
            .Select(head => new ScaledHead(head, factor));
    }

    /// <summary>The activation addition that a text asks for. The shorter of two prompts is padded
    /// with spaces, as Turner et al. (2023) do.</summary>
    /// <param name="subject">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="length">How many tokens the prompt has that is continued.</param>
    /// <exception cref="RequestException">It is no such text, the model has no such layer, or its
    /// prompts are longer than the one that is continued.</exception>
    public static AddedActivations Added(Subject subject, string text, int length)
    {
        string[] sides = text.Split('=', 2);
        string[] factors = sides[^1].Split('*', 2);
        string[] prompts = factors[^1].Split('|');
        if (sides.Length != 2 || factors.Length != 2 || prompts.Length > 2
            || Layer(sides[0]) is not { } layer || Number(factors[0]) is not { } coefficient)
        {
            throw new RequestException($"{AddForm}; got “{text}”.");
        }

        InModel(subject, "`add`", layer);
        int[][] tokens = [.. prompts.Select(one => Tokens(subject, one))];
        int longest = tokens.Max(one => one.Length);
        if (longest > length)
        {
            throw new RequestException(
                $"`add`: “{text}” has {longest} tokens and the prompt that is continued {length}; "
                + "use a longer prompt, or shorter ones to add.");
        }

        tokens = [.. tokens.Select(one => Padded(subject, one, longest))];
        return new AddedActivations(
            layer, coefficient, tokens[0], tokens.Length > 1 ? tokens[1] : []);
    }

    /// <summary>The changes of a model.</summary>
    public static Steering Of(
        Transformer model, IEnumerable<ScaledHead> scaled, IEnumerable<AddedActivations> added)
    {
        var steering = new Steering(model);
        foreach ((Head head, float factor) in scaled)
        {
            steering.Scale(head.Layer, head.Index, factor);
        }

        foreach (AddedActivations one in added)
        {
            steering.Add(one.Layer, one.Coefficient, [.. one.Plus], [.. one.Minus]);
        }

        return steering;
    }

    private static int[] Tokens(Subject subject, string prompt) => subject.Tokenizer is null
        ? subject.Ids(prompt, "`add`") : subject.Tokens(prompt, "`add`");

    private static int[] Padded(Subject subject, int[] tokens, int length) =>
        tokens.Length == length ? tokens
        : subject.Tokenizer is null ? throw new RequestException(
            $"`add`: the two prompts must have as many tokens; got {tokens.Length} and {length}.")
        : [.. tokens, .. Enumerable.Repeat(subject.Token(" "), length - tokens.Length)];

    private static void InModel(Subject subject, string name, int layer)
    {
        Passage.NeedsLayers(subject);
        int layers = subject.Model.Config.Layers;
        if (layer >= layers)
        {
            throw new RequestException($"{name}: layers are 0 … {layers - 1}; got {layer}.");
        }
    }

    private static int? Layer(string text) => int.TryParse(
        text, NumberStyles.None, CultureInfo.InvariantCulture, out int layer) ? layer : null;

    private static float? Number(string text) => float.TryParse(
        text, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
        && float.IsFinite(number) ? number : null;
}
