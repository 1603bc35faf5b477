using System.CommandLine;
using Vitrine.Cli.CommandLine;
using Vitrine.Interp;
using Vitrine.Models.Generation;

namespace Vitrine.Cli.Commands;

/// <summary><c>vitrine generate MODEL TEXT</c>: how the model continues a text.</summary>
internal static class GenerateCommand
{
    private const int UsualTokens = 50;

    /// <summary>What is continued, by how many tokens, and how they are drawn.</summary>
    internal sealed record Request(
        string Model, Passage Prompt, int? Tokens, float Temperature, int TopK)
        : SubjectRequest(Model);

    /// <summary>A continuation.</summary>
    /// <param name="Prompt">The prompt's tokens.</param>
    /// <param name="Ids">The tokens after it.</param>
    /// <param name="Text">Their text; null for a model without a tokenizer.</param>
    /// <param name="Temperature">0 for the likeliest token every time.</param>
    /// <param name="TopK">How many of the likeliest tokens could be drawn; 0 for all.</param>
    /// <param name="Seed">Which draws.</param>
    internal sealed record Continuation(
        IReadOnlyList<int> Prompt, IReadOnlyList<int> Ids, string? Text, float Temperature,
        int TopK, ulong Seed);

    public static Command Create()
    {
        var passage = new PassageArgument();
        Option<int?> count = CommonOptions.Of<int?>(
            "--tokens", "How many tokens [default: 50, or what the context leaves]", "N",
            tokens => tokens is < 1 ? $"--tokens: must be 1 or more; got {tokens}." : null);
        Option<float> temperature = CommonOptions.Of<float>(
            "--temperature", "What logits are divided by; 0 takes the likeliest token every "
            + "time [default: 0]", "T",
            value => value >= 0 && float.IsFinite(value) ? null
                : $"--temperature: must be 0 or more; got {value}.");
        Option<int> topK = CommonOptions.Of<int>(
            "--top-k", "Draw from so many of the likeliest tokens only; 0 for all [default: 0]",
            "K",
            value => value < 0 ? $"--top-k: must be 0 or more; got {value}." : null);
        return new Command("generate", "Continue a text token by token")
        {
            passage.Model, passage.Text, passage.Ids, count, temperature, topK,
        }.Asks(
            parse => parse.GetValue(topK) > 0 && parse.GetValue(temperature) == 0
                ? throw new RequestException(
                    "--top-k: nothing is drawn at --temperature 0; give one above 0.")
                : new Request(
                    parse.GetRequiredValue(passage.Model), passage.Read(parse),
                    parse.GetValue(count), parse.GetValue(temperature), parse.GetValue(topK)),
            Of,
            (terminal, subject, _, result) => terminal.Output.WriteLine(
                subject.Tokenizer?.Decode([.. result.Prompt, .. result.Ids])
                ?? string.Join(' ', result.Prompt.Concat(result.Ids).Select(subject.Display))),
            """vitrine generate runs/2-layer "The Congress shall" """.TrimEnd(),
            """vitrine generate runs/2-layer "The Congress shall" --temperature 0.8 --top-k 40""");
    }

    /// <summary>Answers the request.</summary>
    public static Answer<Continuation> Of(
        Subject subject, Request request, IProgress<AnalysisProgress>? progress = null,
        CancellationToken stop = default)
    {
        int[] prompt = request.Prompt.Tokens(subject);
        int context = subject.Model.Config.Context;
        int room = context == 0 ? int.MaxValue : context - prompt.Length + 1;
        if (request.Tokens > room)
        {
            throw new RequestException(
                $"`tokens`: the context of {context} leaves room for {room} after "
                + $"{prompt.Length}; got {request.Tokens}.");
        }

        int wanted = Math.Min(request.Tokens ?? UsualTokens, room);
        var options = new SamplingOptions
        {
            Temperature = request.Temperature,
            TopK = request.TopK,
            Seed = request.Seed,
        };
        using var generator = new TextGenerator(subject.Model, prompt.Length + wanted - 1);
        var chosen = new List<int>();
        foreach (int token in generator.Continue(prompt, wanted, options))
        {
            stop.ThrowIfCancellationRequested();
            chosen.Add(token);
        }

        return new Answer<Continuation>(new Continuation(
            prompt, chosen, subject.Tokenizer?.Decode([.. chosen]), options.Temperature,
            options.TopK, options.Seed));
    }
}
