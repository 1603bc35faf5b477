using Vitrine.Autograd;
using Vitrine.Models.Positions;
using Vitrine.Tensors;

namespace Vitrine.Models;

/// <summary>Tokens into the residual stream.
/// <code>x[b, i] = W_E[tokens[b, i]]</code>
/// and where the config has them: times a factor, widened by W_proj, plus the position's and the
/// segment's vectors, normed.</summary>
public sealed class Embed : IDisposable
{
    private readonly TransformerConfig _model;
    private readonly EmbeddingConfig _config;
    private readonly string _prefix;

    internal Embed(
        TransformerConfig config, ParameterSource source, string prefix = "",
        Parameter? shared = null)
    {
        (_model, _config, _prefix) = (config, config.Embedding, prefix);
        int width = _config.Width ?? config.DModel;
        W_E = shared is null ? source.Matrix("embed.W_E", [config.Vocabulary, width])
            : shared.Stored is null
            ? new Parameter($"{prefix}embed.W_E", shared, static (Tensor<float> x) => x)
            : new Parameter($"{prefix}embed.W_E", shared, static (Weight x) => x);
        if (_config.Segments > 0)
        {
            W_token_type = source.Small(
                $"{prefix}embed.W_token_type",
                [_config.Segments, _config.WidensSum ? width : config.DModel]);
        }

        if (_config.Norm)
        {
            Ln = new Norm(
                $"{prefix}embed.ln", _config.WidensSum ? width : config.DModel, config.Norm, source,
                $"{prefix}embed_ln");
        }

        if (_config.Width is not null)
        {
            W_proj = source.Matrix($"{prefix}embed.W_proj", [width, config.DModel]);
            B_proj = _config.WidensSum
                ? source.Small($"{prefix}embed.b_proj", [config.DModel]) : null;
        }
    }

    /// <summary>float32 [vocab, dModel]: a row for each token; of the config's width if it has
    /// one.</summary>
    public Parameter W_E { get; }

    /// <summary>float32 [segment, dModel]; null for none.</summary>
    public Parameter? W_token_type { get; }

    /// <summary>float32 [width, dModel]; null where embeddings are as wide as the stream.</summary>
    public Parameter? W_proj { get; }

    /// <summary>float32 [dModel], or null.</summary>
    public Parameter? B_proj { get; }

    /// <summary>The norm of the sum; null for none.</summary>
    public Norm? Ln { get; }

    /// <summary>Every weight.</summary>
    public IEnumerable<Parameter> Parameters =>
        new[] { W_E, W_proj, B_proj, W_token_type }.OfType<Parameter>()
            .Concat(Ln?.Parameters ?? []);

    /// <summary>Whether a norm is of the tokens' vectors alone, as BLOOM's: the embedding that hooks
    /// see is then the normed one.</summary>
    internal static bool NormsTokens(TransformerConfig config) => config.Embedding.Norm
        && !config.Positions.IsInStream && config.Embedding.Segments == 0
        && config.Embedding.Width is null;

    /// <summary>The tokens' own vectors, float32 [.., dModel] for tokens int32 [..]; of the config's
    /// width where the sum is widened later.</summary>
    public Var Forward(Tape tape, Tensor<int> tokens)
    {
        Var x = tape.GatherRows(tape.Use(W_E), tokens);
        x = _config.Scale is { } scale ? tape.Scale(x, scale) : x;
        return W_proj is not null && !_config.WidensSum
            ? Activate.Linear(tape, x, W_proj, null) : x;
    }

    /// <summary>The stream before the first layer, from the sum of the tokens' and the positions'
    /// vectors.</summary>
    /// <param name="tape">The tape that records it.</param>
    /// <param name="x">float32 [batch, pos, dModel], or of the config's width.</param>
    /// <param name="input">For the segments.</param>
    /// <param name="hooks">For hook_token_type_embed and the norm.</param>
    /// <returns>float32 [batch, pos, dModel].</returns>
    internal Var Complete(Tape tape, Var x, ModelInput input, Hooks? hooks)
    {
        if (W_token_type is not null)
        {
            Tensor<int> segments = input.Segments
                ?? tape.Own(Tensor.Zeros<int>(input.Tokens.Shape, input.Tokens.Device));
            Var kinds = tape.GatherRows(tape.Use(W_token_type), segments);
            x = tape.Add(x, hooks.At(tape, _prefix + HookNames.TokenTypeEmbed, kinds));
        }

        x = Ln?.Forward(tape, x, hooks) ?? x;
        x = _config.WidensSum ? Activate.Linear(tape, x, W_proj!, B_proj) : x;
        return NormsTokens(_model) ? hooks.At(tape, _prefix + HookNames.Embed, x)
            : Ln is not null || W_proj is not null
            ? hooks.At(tape, _prefix + HookNames.FullEmbed, x) : x;
    }

    /// <summary>The activations with their shapes, in the order in which they are
    /// computed.</summary>
    internal static IEnumerable<(string Name, Shape Shape)> Activations(
        TransformerConfig config, string prefix, int batch, int pos)
    {
        EmbeddingConfig embedding = config.Embedding;
        Shape stream = [batch, pos, config.DModel];
        Shape own = embedding is { WidensSum: true, Width: { } width }
            ? [batch, pos, width] : stream;
        if (NormsTokens(config))
        {
            return
            [
                .. Norm.Activations($"{prefix}embed_ln", stream), (prefix + HookNames.Embed, stream),
            ];
        }

        return
        [
            (prefix + HookNames.Embed, own),
            .. config.Positions.HasVectors
                ? [(prefix + HookNames.PosEmbed, own)] : Array.Empty<(string, Shape)>(),
            .. embedding.Segments > 0
                ? [(prefix + HookNames.TokenTypeEmbed, own)] : Array.Empty<(string, Shape)>(),
            .. embedding.Norm ? Norm.Activations($"{prefix}embed_ln", own) : [],
            .. embedding.Norm || embedding.Width is not null
                ? [(prefix + HookNames.FullEmbed, stream)] : Array.Empty<(string, Shape)>(),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Parameter parameter in Parameters)
        {
            parameter.Dispose();
        }
    }
}
