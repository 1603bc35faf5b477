namespace Vitrine.Interp.Generation;

/// <summary>A head whose z is multiplied.</summary>
/// <param name="Head">The head.</param>
/// <param name="Factor">By what.</param>
internal sealed record ScaledHead(Head Head, float Factor);

/// <summary>An activation addition.</summary>
/// <param name="Layer">The layer before which the residual stream is changed.</param>
/// <param name="Coefficient">The factor of the difference.</param>
/// <param name="Plus">The prompt that is added.</param>
/// <param name="Minus">The prompt that is subtracted; empty for none.</param>
internal sealed record AddedActivations(
    int Layer, float Coefficient, IReadOnlyList<int> Plus, IReadOnlyList<int> Minus);
