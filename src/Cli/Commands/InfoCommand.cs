using System.CommandLine;
using System.Text.Json.Serialization;
using Spectre.Console;
using Vitrine.Autograd;
using Vitrine.Cli.CommandLine;
using Vitrine.Interp;
using Vitrine.Models;
using Vitrine.Models.Checkpoints;
using Vitrine.Models.Training;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine info MODEL</c>: what a model folder holds.</summary>
internal static class InfoCommand
{
    /// <summary>The folder that is looked at.</summary>
    internal sealed record Request(string Model) : SubjectRequest(Model);

    /// <summary>What a folder holds.</summary>
    internal sealed record Info(
        string Path,
        [property: JsonConverter(typeof(TransformerConfigConverter))] TransformerConfig Config,
        long Parameters,
        IReadOnlyList<Weight> Weights,
        IReadOnlyList<int> Checkpoints,
        bool Resumable,
        TrainingSummary? Summary);

    /// <summary>One weight.</summary>
    /// <param name="Name">Its name in the file.</param>
    /// <param name="Shape">The lengths of its axes.</param>
    /// <param name="Norm">Its Frobenius norm.</param>
    /// <param name="NonFinite">How many of its numbers are infinite or none.</param>
    internal sealed record Weight(
        string Name, IReadOnlyList<int> Shape, double Norm, long NonFinite);

    public static Command Create()
    {
        Argument<string> model = CommonOptions.Model();
        return new Command("info", "Show what a model folder holds") { model }.Asks(
            // Looking at a damaged model is what it is for: it says what is not finite.
            parse => new Request(parse.GetRequiredValue(model)) { AllowNan = true }, Of,
            (terminal, _, _, info) => Print(info, terminal),
            "vitrine info runs/0-layer");
    }

    /// <summary>Answers the request.</summary>
    public static Answer<Info> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        using RunFolder? folder = Directory.Exists(subject.Path)
            ? RunFolder.Open(subject.Path) : null;
        return new Answer<Info>(new Info(
            subject.Path,
            subject.Model.Config,
            subject.Model.Parameters.Sum(parameter => parameter.Value.Length),
            [.. subject.Model.Parameters.Select(Describe)],
            folder is null ? [] : [.. folder.Checkpoints.Select(checkpoint => checkpoint.Step)],
            folder?.HasTrainingState == true,
            folder is not null && File.Exists(folder[RunFolder.SummaryFile])
                ? TrainingSummary.Of(folder) : null));
    }

    private static Weight Describe(Parameter parameter) => new(
        parameter.Name!,
        [.. Enumerable.Range(0, parameter.Shape.Rank).Select(axis => parameter.Shape[axis])],
        Math.Sqrt(Tensors.Ops.SumOfSquares(parameter.Value)),
        NonFinite.Of(parameter)?.Count ?? 0);

    private static void Print(Info info, Terminal terminal)
    {
        TransformerConfig config = info.Config;
        terminal.Say(info.Path);
        terminal.Say(
            $"vocabulary {config.Vocabulary:N0}, dModel {config.DModel}, "
            + $"{info.Parameters:N0} parameters");
        if (config.Attention is { } layers)
        {
            terminal.Say(
                $"layers {config.Layers}, "
                + $"heads {Numerals.ByLayer(layers, one => one.Heads, " a layer")}, "
                + $"dHead {Numerals.ByLayer(layers, one => one.DHead)}, "
                + $"context {config.Context}, positions "
                + $"{$"{config.Positions.Kind}".ToLowerInvariant()}, "
                + (config.Norm.Kind == NormKind.None ? "no norm" : $"{config.Norm.Kind}"));
            if (config.Mlp is { } mlps)
            {
                terminal.Say(
                    $"MLPs {Numerals.ByLayer(mlps, one => one.Width)} wide"
                    + (mlps[0].Gated ? ", gated" : "") + $", {mlps[0].Activation}"
                    + (mlps[0].Experts is { } experts
                        ? $", {experts.Used} of {experts.Count} experts" : "")
                    + (layers[0].KeyHeads != layers[0].Heads
                        ? $"; {layers[0].Heads} heads share {layers[0].KeyHeads} keys and values"
                        : "")
                    + (config.Encoder is { } encoder ? $"; an encoder of {encoder.Layers} layers"
                        : config.IsEncoder ? "; an encoder" : ""));
            }
        }

        Table table = NumberTable.Titled(null, "weight", "shape").AddNumbers("norm");
        foreach (Weight weight in info.Weights)
        {
            string shape = $"[{string.Join(", ", weight.Shape)}]";
            table.AddRow(weight.Name, Markup.Escape(shape), $"{weight.Norm:F2}");
        }

        terminal.Tables.Write(table);
        foreach (Weight weight in info.Weights.Where(one => one.NonFinite > 0))
        {
            terminal.Say(
                $"{weight.Name}: {weight.NonFinite:N0} of its numbers are infinite or none");
        }

        if (info.Summary is { } summary)
        {
            terminal.Say(
                $"trained {Numerals.Counted(summary.Steps, "step")} on {summary.Tokens:N0} tokens; held-out loss "
                + $"{summary.HeldOutLoss:F3} nats per token");
        }

        if (info.Checkpoints.Count > 0)
        {
            IEnumerable<string> steps = info.Checkpoints.Select(step => $"{step:N0}");
            terminal.Say($"checkpoints at steps {string.Join(", ", steps)}");
        }
    }
}
