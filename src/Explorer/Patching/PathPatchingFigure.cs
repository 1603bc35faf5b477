using Vitrine.Interp.Patching;

namespace Vitrine.Explorer;

/// <summary>What <c>vt-path-patching</c> draws: what each path from a head to a later head's
/// queries, keys or values, or to the logits, carries.</summary>
internal sealed record PathPatchingFigure
{
    /// <summary>The clean prompt; the first of <see cref="Pairs"/>.</summary>
    public IReadOnlyList<int> Clean { get; init; } = [];

    /// <summary>The corrupt prompt.</summary>
    public IReadOnlyList<int> Corrupt { get; init; } = [];

    /// <summary>How many pairs of prompts the values are means of.</summary>
    public int Pairs { get; init; } = 1;

    /// <summary>What paths are judged by.</summary>
    public required string Metric { get; init; }

    /// <summary>The metric of the clean run.</summary>
    public required double ValueClean { get; init; }

    /// <summary>The metric of the corrupt run.</summary>
    public required double ValueCorrupt { get; init; }

    /// <summary>The tokens whose logits are compared.</summary>
    public PatchingAnswers? Answers { get; init; }

    /// <summary>What writes: heads as <c>0.3</c>, or <c>input</c>.</summary>
    public required IReadOnlyList<string> Senders { get; init; }

    /// <summary>Queries, keys, values, logits.</summary>
    public required IReadOnlyList<PathPanel> Panels { get; init; }

    /// <summary>The mean error of the gradient's approximation; null without one.</summary>
    public double? MeanError { get; init; }

    /// <summary>The largest.</summary>
    public double? LargestError { get; init; }

    /// <summary>Whether the values are the gradient's, nothing having been patched.</summary>
    public bool Approximate { get; init; }

    /// <summary>The figure of path patching.</summary>
    /// <param name="result">The paths, all of them or some.</param>
    /// <param name="edges">The gradient's approximation of the same prompts; null for none.</param>
    public static PathPatchingFigure Of(PathPatchingResult result, EdgeAttribution? edges = null)
    {
        string[] senders = [.. result.Paths.Select(path => path.Sender.ToString()).Distinct()];
        PathPanel[] panels =
        [
            .. result.Paths.GroupBy(path => path.Input).Select(group =>
                PanelOf(group.Key, [.. group], senders, edges)),
        ];
        double[] errors =
        [
            .. panels.Where(panel => panel.Approx is not null).SelectMany(panel =>
                panel.Values.SelectMany((row, s) => row.Select((value, r) =>
                    value is { } exact
                        ? Math.Abs(exact - panel.Approx![s][r]!.Value) : (double?)null)))
                .OfType<double>(),
        ];
        return new PathPatchingFigure
        {
            Clean = result.Clean[0],
            Corrupt = result.Corrupt[0],
            Pairs = result.Clean.Count,
            Metric = PatchingFigure.NameOf(result.Metric),
            ValueClean = result.ValueClean,
            ValueCorrupt = result.ValueCorrupt,
            Answers = PatchingAnswers.Of(result.Answers[0], result.Versus?[0]),
            Senders = senders,
            Panels = panels,
            MeanError = errors.Length > 0 ? errors.Average() : null,
            LargestError = errors.Length > 0 ? errors.Max() : null,
        };
    }

    /// <summary>The figure of edges approximated by gradients alone.</summary>
    public static PathPatchingFigure Of(EdgeAttribution edges)
    {
        string[] inputs = ["q", "k", "v", "logits"];
        int[][] targets =
        [
            .. inputs.Select(input => Enumerable.Range(0, edges.Targets.Count)
                .Where(t => InputOf(edges.Targets[t]) == input).ToArray()),
        ];
        return new PathPatchingFigure
        {
            Metric = PatchingFigure.NameOf(edges.Metric),
            ValueClean = edges.ValueClean,
            ValueCorrupt = edges.ValueCorrupt,
            Senders = [.. edges.Sources.Select(NameOf)],
            Approximate = true,
            Panels =
            [
                .. inputs.Select((input, i) => new PathPanel(
                    input,
                    [.. targets[i].Select(t => NameOf(edges.Targets[t]))],
                    [
                        .. edges.Sources.Select((source, s) => targets[i].Select(t =>
                            LayerOf(source) < LayerOf(edges.Targets[t])
                                ? -edges.Scores[s][t] : (double?)null).ToArray()),
                    ])),
            ],
        };
    }

    private static PathPanel PanelOf(
        string input, PatchedPath[] paths, string[] senders, EdgeAttribution? edges)
    {
        string[] receivers =
            [.. paths.Select(path => path.Receiver?.ToString() ?? "logits").Distinct()];
        var found = paths.ToDictionary(
            path => (path.Sender.ToString(), path.Receiver?.ToString() ?? "logits"));
        return new PathPanel(
            input, receivers, Each((_, path) => -path.Effect),
            edges is null ? null : Each((receiver, path) => -edges.Scores
                [Index(edges.Sources, $"a{path.Sender.Layer}.h{path.Sender.Index}")]
                [Index(edges.Targets, receiver == "logits" ? receiver
                    : $"a{path.Receiver!.Value.Layer}.h{path.Receiver.Value.Index}.{input}")]));

        double?[][] Each(Func<string, PatchedPath, double> value) =>
        [
            .. senders.Select(sender => receivers.Select(receiver =>
                found.TryGetValue((sender, receiver), out PatchedPath? path)
                    ? value(receiver, path) : (double?)null).ToArray()),
        ];
    }

    private static int Index(IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        throw new ArgumentException(
            $"PathPatchingFigure: the edges must come from the same model; there is no {name} "
                + $"among {string.Join(", ", names)}.");
    }

    private static string NameOf(string end) => EdgeAttribution.End(end).Name;

    private static string InputOf(string target) => EdgeAttribution.End(target).Input;

    private static int LayerOf(string label) => label switch
    {
        "input" => -1,
        "logits" => int.MaxValue,
        _ => int.Parse(
            label.Split('.')[0].AsSpan(1), System.Globalization.CultureInfo.InvariantCulture),
    };
}

/// <summary>The paths into one kind of input.</summary>
/// <param name="Input"><c>q</c>, <c>k</c>, <c>v</c> or <c>logits</c>.</param>
/// <param name="Receivers">What reads, as <c>1.2</c>, or <c>logits</c>.</param>
/// <param name="Values">[sender][receiver]: the share of the effect that the path carries; null
/// where there is no path.</param>
/// <param name="Approx">[sender][receiver]: the gradient's approximation; null for none.</param>
internal sealed record PathPanel(
    string Input, IReadOnlyList<string> Receivers, double?[][] Values, double?[][]? Approx = null);
